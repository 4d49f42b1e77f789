"""What a store prints and exports."""
