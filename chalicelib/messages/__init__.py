"""What members are told: one message for each entry of money, over the channel that reaches them, found again."""
