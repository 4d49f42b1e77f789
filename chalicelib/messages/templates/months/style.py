"""The page's inlined look: light and dark, one column on a phone; text at least 4.5 to 1, lines 3 to 1."""

CSS = """
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--line:#d9dee5;--ink:#1b2430;--soft:#566172;
--one:#1f5fae;--two:#7ba4d8;--late:#b14410}
@media(prefers-color-scheme:dark){:root{--bg:#10151b;--card:#182029;--line:#34404d;--ink:#e8ecf1;--soft:#a6b1bf;
--one:#8fbdf5;--two:#4a74a8;--late:#f39a63}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);overflow-wrap:anywhere;
font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.25rem 1rem 3rem}
h1{font-size:1.35rem;line-height:1.35;margin:0}h2{font-size:1.05rem;margin:0 0 .5rem}
h3{font-size:.9rem;font-weight:600;margin:1.1rem 0 .2rem}
p{margin:.25rem 0}.soft{color:var(--soft);font-size:.9rem}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1rem 1.1rem;margin-top:1rem}
.all{display:grid;gap:0 1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));align-items:start}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .3rem;text-align:right;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--soft);font-weight:600;vertical-align:bottom}
td{white-space:nowrap}th:first-child{text-align:left;min-width:5.4em}tbody th{font-weight:600}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font-size:11px}
.grid{stroke:var(--line)}.bar2{fill:var(--two)}.bar1{fill:var(--one)}.none{stroke:var(--soft)}
.l1,.l2{fill:none;stroke-width:1.6}.l1{stroke:var(--one)}.l2{stroke:var(--late)}
.d1{fill:var(--one)}.d2{fill:var(--late)}
.key{display:flex;flex-wrap:wrap;gap:.1rem 1rem;font-size:.82rem;color:var(--soft);margin:0}
.key svg{display:inline-block;width:.9em;height:.9em;vertical-align:-.08em;margin-right:.3em}
summary{cursor:pointer;padding:.6rem 0 .3rem;font-size:.92rem}
@media print{section{break-inside:avoid}}
""".replace("\n", "")
