"""Stand-ins for WeChat, both SMS clouds, WeCom and a mail relay: as strict as the real ones, and steerable."""
