"""Who may read stored reports over HTTP, as the configuration says."""

from exporters.web.basicauth import BasicAuth
from exporters.web.editions import Access
from exporters.web.reports import Readers
from netmon.config import Configuration


def report_readers(configuration: Configuration) -> Readers | None:
    """Who may read stored reports; None: whoever may use the listener."""
    accounts, communes = configuration.reports.accounts, configuration.inventory.communes
    if not accounts:
        return None
    access = {
        account.user: Access(
            None if account.communes is None else frozenset(communes[name].insee for name in account.communes)
        )
        for account in accounts
    }
    return Readers(BasicAuth({account.user: account.password.reveal() for account in accounts}), access)
