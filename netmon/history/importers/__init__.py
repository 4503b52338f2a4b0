"""What other systems remember, as events: their logs, their samples, tables somebody kept. Text in, events out."""
