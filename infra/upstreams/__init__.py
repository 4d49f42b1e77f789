"""Stand-ins for WeChat, Tencent Cloud SMS and a mail relay: as strict as the real ones, and steerable."""
