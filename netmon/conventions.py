"""Every metric name, label name and failure reason, in one place."""

from enum import StrEnum

NAMESPACE = "netmon"


class Reason(StrEnum):
    """Why a check is not up: the closed list behind ``netmon_check_failures_total{reason}``.

    The first group tells about the target (DOWN or DEGRADED), the second about ourselves (UNKNOWN).
    """

    OK = "ok"
    # The target.
    RESOLVE_FAILED = "resolve_failed"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_FAILED = "connect_failed"
    TIMEOUT = "timeout"
    HOST_UNREACHABLE = "host_unreachable"
    TTL_EXCEEDED = "ttl_exceeded"
    PACKET_LOSS = "packet_loss"
    TLS_HANDSHAKE = "tls_handshake"
    TLS_EXPIRED = "tls_expired"
    TLS_NAME_MISMATCH = "tls_name_mismatch"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_EXPIRES_SOON = "tls_expires_soon"
    STATUS = "status"
    BODY = "body"
    HEADER = "header"
    SCHEME = "scheme"
    VERSION = "version"
    TOO_LARGE = "too_large"
    SLOW = "slow"
    MAINTENANCE_SEEN = "maintenance_seen"
    RESPONSE = "response"
    RCODE = "rcode"
    PROTOCOL = "protocol"
    REDIRECT_LOOP = "redirect_loop"
    RESET = "reset"
    GARBAGE = "garbage"
    OID_LOOP = "oid_loop"
    AGENT_ERROR = "agent_error"
    PARTIAL = "partial"
    AUTHENTICATION = "authentication"
    REBOOT = "reboot"
    PARENT_DOWN = "parent_down"
    AGENT_SILENT = "agent_silent"
    OTHER = "other"
    # Ourselves.
    CREDENTIAL = "credential"
    FORBIDDEN = "forbidden"
    PROXY = "proxy"
    PERMISSION = "permission"
    NO_SOCKET = "no_socket"
    OVERLOAD = "overload"
    NOT_POLLED = "not_polled"
    BLIND = "blind"
    INTERNAL = "internal"


class Label(StrEnum):
    """Labels of netmon's own series."""

    COMMUNE = "commune"
    SITE = "site"
    NODE = "node"
    CHECK = "check"


TRAP_KINDS = ("coldStart", "warmStart", "linkDown", "linkUp", "authenticationFailure", "other")
"""Traps and informs by what they tell: those every agent knows (RFC 3418, RFC 2863), and all others."""
TRAP_DROPS = ("unknown_sender", "flood", "credential", "garbage")
"""Why a datagram to the trap port is not taken."""

CHECK_LABELS = (Label.COMMUNE.value, Label.SITE.value, Label.NODE.value, Label.CHECK.value)


class Metric(StrEnum):
    """Names of netmon's own metrics (section 3 of the interfaces)."""

    CHECK_STATE = "netmon_check_state"
    CHECK_UP = "netmon_check_up"
    CHECK_DURATION = "netmon_check_duration_seconds"
    CHECK_LAST_SUCCESS = "netmon_check_last_success_timestamp_seconds"
    CHECK_LAST_RUN = "netmon_check_last_run_timestamp_seconds"
    CHECK_FAILURES = "netmon_check_failures_total"
    NODE_UP = "netmon_node_up"
    NODE_REBOOTS = "netmon_node_reboots_total"
    COMMUNE_UP_RATIO = "netmon_commune_up_ratio"
    COMMUNE_INFO = "netmon_commune_info"
    SLA_AVAILABILITY = "netmon_sla_availability_ratio"
    SLA_LOW = "netmon_sla_availability_ratio_low"
    SLA_HIGH = "netmon_sla_availability_ratio_high"
    SLA_OBJECTIVE = "netmon_sla_objective_ratio"
    SLA_COVERAGE = "netmon_sla_coverage_ratio"
    SLA_BUDGET = "netmon_sla_error_budget_remaining_seconds"
    INCIDENT_OPEN = "netmon_incident_open"
    INCIDENT_DEADLINE = "netmon_incident_restore_deadline_timestamp_seconds"
    MAINTENANCE_ACTIVE = "netmon_maintenance_active"
    POLL_LAG = "netmon_poll_lag_seconds"
    POLLS_SKIPPED = "netmon_polls_skipped_total"
    POLLS = "netmon_polls_total"
    SNMP_MODULE_UP = "netmon_snmp_module_up"
    SNMP_INTERFACES = "netmon_snmp_interfaces"
    SNMP_REPETITIONS = "netmon_snmp_max_repetitions"
    SNMP_CUTS = "netmon_snmp_max_repetitions_cut_total"
    SNMP_SLOW_READS = "netmon_snmp_slow_reads_total"
    SNMP_BUDGET_USED = "netmon_snmp_budget_used_ratio"
    SNMP_BUDGET_EXCEEDED = "netmon_snmp_budget_exceeded_total"
    ICMP_LOSS = "netmon_icmp_loss_ratio"
    ICMP_RTT = "netmon_icmp_rtt_seconds"
    TCP_DURATION = "netmon_tcp_duration_seconds"
    VANTAGE_UP = "netmon_vantage_up"
    HTTP_STEP_DURATION = "netmon_http_step_duration_seconds"
    HTTP_STEP_UP = "netmon_http_step_up"
    TRAPS = "netmon_traps_total"
    TRAPS_DROPPED = "netmon_traps_dropped_total"
    TRAP_POLLS = "netmon_trap_polls_total"
    NODE_STARTS = "netmon_node_starts_total"
    LOOP_BLOCKED = "netmon_loop_blocked_seconds"
    STORE_WRITE = "netmon_store_write_seconds"
    STORE_QUEUE = "netmon_store_queue_length"
    LOG_MESSAGES = "netmon_log_messages_total"
    CONFIG_RELOAD = "netmon_config_last_reload_successful"
    BUILD_INFO = "netmon_build_info"
    EXPOSITION_DROPPED = "netmon_exposition_dropped_series_total"
    EXPOSITION_REFUSED = "netmon_exposition_refused_families_total"
    EXPOSITION_EXPIRED = "netmon_exposition_expired_checks_total"
