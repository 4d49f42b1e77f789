"""The page's inlined look: light and dark, one column on a phone, contents beside the text where there is room."""

CSS = """
:root{color-scheme:light dark;--bg:#f7f8fa;--card:#fff;--line:#e3e7ec;--ink:#1b2430;--soft:#566172;--link:#1f5fae;
--code:#f0f2f6;--get:#1f5fae;--post:#1a7a48;--put:#8a5b00;--patch:#6b4ab0;--delete:#b3232f}
@media(prefers-color-scheme:dark){:root{--bg:#10151b;--card:#171e27;--line:#2a3440;--ink:#e8ecf1;--soft:#a6b1bf;
--link:#8fbdf5;--code:#202a35;--get:#8fbdf5;--post:#5ecb92;--put:#e6b84d;--patch:#bda4f3;--delete:#f58a8f}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--ink);overflow-wrap:anywhere;
font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem;z-index:1}
a{color:var(--link);text-decoration-color:color-mix(in srgb,currentColor 35%,transparent);text-underline-offset:.2em}
a:hover{text-decoration-color:currentColor}
code,pre{font:.875em/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK SC",monospace}
p code,.about code{background:var(--code);border-radius:4px;padding:.1em .3em}
.page{max-width:74rem;margin:0 auto;padding:1rem}
main{min-width:0;max-width:50rem}
.mark{margin:0;color:var(--soft);font-weight:600;letter-spacing:.02em}
h1{font-size:1.75rem;line-height:1.25;margin:.2rem 0 0}
h2{font-size:1.3rem;line-height:1.35;margin:3.25rem 0 1rem}
h3{font-size:1rem;line-height:1.5;margin:0;font-weight:600}
h4{font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);margin:1.35rem 0 .4rem}
.lead{color:var(--soft);margin:.35rem 0 1.75rem}
.about p{margin:.7rem 0;max-width:44rem}
article,.schema,.problem{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.2rem 1.15rem;
margin:0 0 1rem}
article:target,.schema:target,.problem:target{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
article h3 code{font-size:.98rem}
.verb{font-size:.72rem;font-weight:700;letter-spacing:.05em;color:var(--c)}
.get{--c:var(--get)}.post{--c:var(--post)}.put{--c:var(--put)}.patch{--c:var(--patch)}.delete{--c:var(--delete)}
article h3 .verb{border:1px solid color-mix(in srgb,var(--c) 45%,transparent);border-radius:6px;padding:.15rem .45rem;
margin-right:.35rem}
.does{margin:.6rem 0 0}
.who{margin:.5rem 0 0;color:var(--soft);font-size:.88rem}
.open,.held{border:1px solid var(--line);border-radius:99px;padding:.1rem .6rem;margin-right:.35rem;color:var(--ink);
font-size:.82rem;white-space:nowrap}
ul{list-style:none;margin:0;padding:0}
.fields li{padding:.45rem 0;border-top:1px solid var(--line)}
.fields li:first-child{border-top:0}
.fields p{margin:.1rem 0 0;color:var(--soft);font-size:.9rem}
.schema>p{margin:.35rem 0 .6rem}
.kind{color:var(--soft);font-size:.9rem;margin-left:.35rem}
.must{font-style:normal;font-size:.78rem;color:var(--put);margin-left:.35rem}
.bounds,.in,.header{color:var(--soft);font-size:.82rem;margin-left:.5rem}
.in,.header{border:1px solid var(--line);border-radius:6px;padding:0 .35rem}
pre{margin:0;background:var(--code);border-radius:10px;padding:.8rem .9rem;overflow-x:auto;overflow-wrap:normal}
.answers{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;font-size:.92rem}
.answers li{display:flex;gap:.5rem;align-items:baseline;flex-wrap:wrap}
.answers .good{flex-basis:100%}
.status{font-variant-numeric:tabular-nums;color:var(--c)}
.s2,.s3{--c:var(--post)}.s4{--c:var(--put)}.s5{--c:var(--delete)}
.meaning{display:flex;gap:.75rem;margin-top:.5rem}
.meaning p{margin:0 0 .35rem}.meaning p+p{color:var(--soft);font-size:.93rem}
.meaning [lang=zh-CN]{display:block}
nav{font-size:.86rem}
nav p{margin:1.1rem 0 .2rem;font-weight:600}
nav li a{display:flex;padding:.18rem 0;color:var(--soft);text-decoration:none}
nav li a:hover{color:var(--ink)}
nav p a{color:var(--ink);text-decoration:none}
nav .verb{flex:0 0 3.2rem;font-size:.64rem;line-height:1.35rem}
nav li a{align-items:flex-start;line-height:1.55}
.wide{display:none}
.narrow{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:0 1rem;margin-bottom:1.5rem}
.narrow summary{cursor:pointer;padding:.75rem 0;font-weight:600}
.narrow nav{padding-bottom:1rem}.narrow nav li a{padding:.45rem 0}
@media(min-width:64rem){.page{display:grid;grid-template-columns:17rem minmax(0,1fr);gap:3rem;padding:2.5rem 1.5rem}
.wide{display:block;position:sticky;top:1.5rem;align-self:start;max-height:calc(100vh - 3rem);overflow-y:auto;
padding-right:.5rem}
.wide p:first-child{margin-top:0}.narrow{display:none}h1{font-size:2.1rem}
article,.schema,.problem{padding:1.4rem 1.5rem}}
@media print{.wide,.narrow{display:none}article{break-inside:avoid}}
""".replace("\n", "")
