"""Veiligheidskaarten as structured documents in git."""
