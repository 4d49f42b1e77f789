"""What the ledger prints and exports: receipts and statements."""
