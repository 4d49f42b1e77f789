"""What the companion says to people, in Chinese and in English."""

import os

_LANGUAGES = ("LC_ALL", "LC_MESSAGES", "LANG")

TEXTS: dict[str, tuple[str, str]] = {
    # what went wrong
    "config": ("配置有误：{why}", "The configuration is wrong: {why}"),
    "journal": ("本地日志有问题：{why}", "There is something wrong with the journal: {why}"),
    "bad_order": ("单据内容有误：{why}", "The order is not in order: {why}"),
    "name_used": (
        "单号 {name} 已用于另一笔单据，什么都没有发出；请检查单号的生成方式。",
        "The name {name} belongs to another order; nothing was sent. Look at how the till makes names.",
    ),
    "refused": ("被拒绝：{title}（{code}）。{hint}", "Refused: {title} ({code}). {hint}"),
    "unreachable": (
        "连不上系统，什么都没有发生，可以放心再试或换支付方式。{why}",
        "Dengta cannot be reached and nothing has happened: try again, or pay another way. {why}",
    ),
    "undecided": (
        "单号 {name} 结果未知：请勿用新单号重做，线路恢复后本机会用同一单号问清。{why}",
        "Not known what came of {name}: do not do it again under a new name; it is asked when the line is back. {why}",
    ),
    "bad_card": ("离线会员卡不能用：{why}", "The off-line card cannot be taken: {why}"),
    # why it could not go on off line
    "why_off": ("本机设置为不离线销售。", "This till is set not to sell off line."),
    "why_not_enrolled": (
        "本机尚未登记，请店长执行 dengta-till enroll。",
        "This till is not enrolled: have the manager run dengta-till enroll.",
    ),
    "why_method": (
        "离线时不能用这种支付方式：{method}。",
        "Not a way of payment off line: {method}.",
    ),
    "why_no_card": (
        "离线使用余额，请会员出示小程序里的离线卡。",
        "To pay from the balance off line, the member shows the off-line card.",
    ),
    "why_over_trust": (
        "超出离线可信额度，本机还可离线扣 {left_fen} 分。",
        "Above what may be trusted off line: {left_fen} fen are left at this till.",
    ),
    "why_bad_card": ("{why}", "{why}"),
    "why_not_let_in": (
        "现在被拒之门外（{code}），但之前发出的可能已入账。",
        "Not let in now ({code}), and what was sent before may have been booked.",
    ),
    "why_journal": ("{why}", "{why}"),
    "why_abandoned": ("这一单已放弃。", "This order was given up."),
    "why_never_offline": (
        "退款和充值不能离线做。",
        "Refunds and top-ups are never done off line.",
    ),
    # why a card is not good
    "card_malformed": ("读不出。", "it cannot be read."),
    "card_unknown_key": (
        "本机没有它的公钥，联网后执行 dengta-till keys。",
        "its key is not known here; run dengta-till keys when the line is back.",
    ),
    "card_bad_signature": ("签名不对，可能是伪造的。", "its signature is false: it may be forged."),
    "card_expired": ("已过期，请会员刷新。", "it has expired: ask the member to refresh it."),
    "card_not_yet": ("尚未生效，请核对本机时钟。", "it is not valid yet: check this till's clock."),
    "card_other_member": ("是另一位会员的卡。", "it belongs to another member."),
    # states, results
    "state_taken": ("已入账", "taken"),
    "state_offline": ("已离线记下，待上传", "kept off line, waiting for the line"),
    "state_held": ("待人工处理", "held for a person"),
    "state_settled_charge": ("已人工处理，已入账", "settled, booked"),
    "state_settled_write_off": ("已人工处理，由企业承担", "settled, borne by the chain"),
    "state_settled_cancel": ("已人工处理，已取消", "settled, cancelled"),
    "state_refused": ("被拒绝", "refused"),
    "state_asking": ("结果未知", "not known yet"),
    "state_withdrawn": ("未发出，作废", "withdrawn, never sent"),
    "state_voided": ("已撤销", "voided"),
    "kind_spend": ("消费", "spend"),
    "kind_refund": ("退款", "refund"),
    "kind_top_up": ("充值", "top-up"),
    "open_kind": ("类别", "kind"),
    "open_name": ("单号", "name"),
    "open_fen": ("金额（分）", "fen"),
    "open_member": ("会员", "member"),
    "open_begun": ("开始于", "begun"),
    "open_abandoned": ("已放弃", "given up"),
    "open_hint": (
        "商品没有给出，或已另行收款的消费：先执行 dengta-till abandon 单号 --reason 原因，上传时若已入账即撤销。",
        "Goods kept, or paid in another way? First run dengta-till abandon NAME --reason WHY: replay then voids it.",
    ),
    "sold": ("{state}：{name}", "{state}: {name}"),
    "balance_after": ("余额 {fen} 分", "balance {fen} fen"),
    "nobody": ("没有找到会员。", "No member was found."),
    "enrolled": (
        "已登记本机 {device_id}，钥匙在 {key_file}。",
        "Enrolled as {device_id}; its key is in {key_file}.",
    ),
    "keys_fetched": ("已取得 {count} 把公钥。", "{count} published keys are kept here."),
    "replaying": ("正在上传", "replaying"),
    "nothing_waits": ("没有待上传的记录。", "Nothing is waiting."),
    "rolled_back": (
        "系统已有本机第 {highest} 号记录，而本地只到 {tip}：日志被旧备份覆盖过。请勿离线销售，用新的目录重新登记。",
        "Dengta has record {highest}, the journal ends at {tip}: an old copy was put back. Enrol in a new folder.",
    ),
    "gaps": ("系统报告缺号：{gaps}", "The server misses records: {gaps}"),
    "broken": ("系统报告断链：{broken}", "The server found the chain broken at: {broken}"),
    "chain_whole": (
        "链完整：{count} 条记录，到第 {tip} 号。",
        "The chain is whole: {count} records, up to {tip}.",
    ),
    "pruned": (
        "清理了 {count} 条已入账或已撤销的旧记录。",
        "{count} old records that were taken or voided are gone.",
    ),
    "abandoned": (
        "将在线路恢复后撤销：{name}",
        "{name} will be voided when the line is back, if it was taken",
    ),
    "pin": ("员工密码：", "PIN: "),
}


def language() -> str:
    """`zh` or `en`, by the first of LC_ALL, LC_MESSAGES and LANG that is set."""
    said = next((os.environ[name] for name in _LANGUAGES if os.environ.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"


def say(key: str, **values: object) -> str:
    zh, en = TEXTS[key]
    return (zh if language() == "zh" else en).format_map(values).strip()
