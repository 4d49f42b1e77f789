"""The page's inlined look: no foreign font, file or script; light and dark; contrast at least 4.5 to 1."""

from collections.abc import Mapping

from chalicelib.outages.model.components import Status

# Shows the note that the page is old; without it the page says in words how to tell.
SCRIPT = (
    'var m=document.getElementById("made"),s=document.getElementById("stale");'
    "function c(){s.hidden=Date.now()-Date.parse(m.dateTime)<m.dataset.minutes*6e4}c();setInterval(c,15e3)"
)
TINTS: Mapping[Status, str] = {
    "operational": "1a7a48",
    "under_maintenance": "2b5fb8",
    "degraded_performance": "8a5b00",
    "partial_outage": "b14410",
    "major_outage": "b3232f",
}

ICONS = (
    '<svg width="0" height="0" class="off" aria-hidden="true" focusable="false">'
    '<symbol id="i-operational" viewBox="0 0 20 20"><circle cx="10" cy="10" r="9"/>'
    '<path class="k" d="M5.8 10.4l2.9 2.9 5.6-6.2"/></symbol>'
    '<symbol id="i-under_maintenance" viewBox="0 0 20 20"><rect x="1.5" y="1.5" width="17" height="17" rx="4"/>'
    '<path class="k" d="M10 5.4v5l3.2 2.4"/></symbol>'
    '<symbol id="i-degraded_performance" viewBox="0 0 20 20"><path d="M10 1.6L19 17.9H1z"/>'
    '<path class="k" d="M10 7.6v4.6M10 14.9v.3"/></symbol>'
    '<symbol id="i-partial_outage" viewBox="0 0 20 20"><path d="M10 .8l9.2 9.2-9.2 9.2L.8 10z"/>'
    '<path class="k" d="M10 5.6v5M10 13.7v.3"/></symbol>'
    '<symbol id="i-major_outage" viewBox="0 0 20 20"><path d="M6 1h8l5 5v8l-5 5H6l-5-5V6z"/>'
    '<path class="k" d="M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4"/></symbol></svg>'
)
CSS = """
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--line:#e3e6eb;--ink:#1b2430;--soft:#566172;--link:#1f5fae;
--operational:#1a7a48;--under_maintenance:#2b5fb8;--degraded_performance:#8a5b00;--partial_outage:#b14410;
--major_outage:#b3232f}
@media(prefers-color-scheme:dark){:root{--bg:#10151b;--card:#182029;--line:#2a3440;--ink:#e8ecf1;--soft:#a6b1bf;
--link:#8fbdf5;--operational:#5ecb92;--under_maintenance:#84b0f5;--degraded_performance:#e6b84d;
--partial_outage:#f39a63;--major_outage:#f58a8f}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);line-height:1.6;overflow-wrap:anywhere;
font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
.wrap{max-width:44rem;margin:0 auto;padding:1.25rem 1rem 3rem}
.off{position:absolute}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem}
a{color:var(--link);text-underline-offset:.2em}
header{display:flex;justify-content:space-between;align-items:center;gap:1rem;margin-bottom:1rem}
header p{margin:0;font-weight:600;font-size:1.05rem}header p a{color:inherit;text-decoration:none}
[hidden]{display:none!important}
#stale{margin:0 0 1rem;font-weight:600;border-color:var(--major_outage)}
.bars svg{display:block;width:100%;height:1.6rem;margin-top:.5rem}
.bars path{stroke:var(--c);stroke-width:6;stroke-dasharray:.72 .28;fill:none}
.bars .none{--c:var(--line);stroke-width:3}.bars .under_maintenance{stroke-width:7}
.bars .degraded_performance{stroke-width:8}.bars .partial_outage{stroke-width:9}.bars .major_outage{stroke-width:10}
.bars .row{font-size:.8rem}
header a{display:inline-block;padding:.6rem 0;font-size:.9rem;white-space:nowrap}
h1{font-size:1.35rem;line-height:1.35;margin:0}
h2{font-size:1rem;margin:2.25rem 0 .75rem}
h3{font-size:1.05rem;line-height:1.4;margin:0}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1rem 1.1rem}
.card+.card{margin-top:.75rem}
.top{display:flex;align-items:center;gap:.9rem;padding:1.35rem 1.3rem;box-shadow:inset 5px 0 var(--c)}
.i{width:1.15em;height:1.15em;flex:none;fill:var(--c);vertical-align:-.2em;
margin-right:.4em}
.i .k,.k{fill:none;stroke:var(--card);stroke-width:2.1;stroke-linecap:round;stroke-linejoin:round}
.top .i{width:2.1rem;height:2.1rem;margin:0}
.s,.s a{color:var(--c);font-weight:600;white-space:nowrap}
.soft{color:var(--soft);font-size:.9rem;margin:.25rem 0 0}
ul,ol{list-style:none;margin:0;padding:0}
.parts{padding:.25rem 1.1rem}
.parts li{padding:.8rem 0}.parts li+li{border-top:1px solid var(--line)}
.parts ul{margin-top:.4rem;padding-left:.9rem;border-left:2px solid var(--line)}
.row{display:flex;justify-content:space-between;align-items:baseline;gap:1rem}
.row .s{font-size:.9rem}.row a,footer a,nav a{display:inline-block;padding:.3rem 0}
h3 a{color:inherit}
dl{display:grid;grid-template-columns:auto 1fr;gap:.1rem .8rem;margin:.7rem 0 0;font-size:.95rem}
dt{color:var(--soft)}dd{margin:0;font-weight:600}
dd time{white-space:nowrap}dd .late{font-weight:400}
.log{margin-top:.9rem}
.log li{padding:0 0 1rem 1.1rem;border-left:2px solid var(--line);position:relative}
.log li:last-child{padding-bottom:.1rem}
.log li::before{content:"";position:absolute;left:-6px;top:.5em;width:10px;height:10px;border-radius:50%;
background:var(--soft);border:2px solid var(--card)}
.log li:first-child::before{background:var(--c)}
.log p{margin:.1rem 0 0;white-space:pre-line}
.log time{color:var(--soft);font-size:.88rem;font-weight:400;margin-left:.5rem;white-space:nowrap}
.mark{display:inline-block;font-size:.8rem;color:var(--soft);border:1px solid var(--line);border-radius:6px;
padding:0 .4rem}
summary{cursor:pointer;color:var(--link);font-size:.92rem;padding:.55rem 0}
.ask{margin-top:1rem}.ask label{display:block;font-weight:600;margin-top:.6rem}
input,select,button{font:inherit;color:inherit;min-height:2.75rem;max-width:100%;padding:0 .7rem;border-radius:8px;
border:1px solid var(--soft);background:var(--bg)}
input,select{width:100%;margin:.2rem 0 .4rem}button{margin-top:.8rem;padding:0 1.6rem;background:var(--link);
border-color:var(--link);color:var(--card);font-weight:600}button+button{margin-left:.6rem;background:none;color:var(--link)}
footer{margin-top:2.5rem;color:var(--soft);font-size:.88rem}footer p{margin:.3rem 0}
.operational{--c:var(--operational)}.under_maintenance{--c:var(--under_maintenance)}
.degraded_performance{--c:var(--degraded_performance)}.partial_outage{--c:var(--partial_outage)}
.major_outage{--c:var(--major_outage)}
@media(min-width:40rem){.wrap{padding-top:2.5rem}h1{font-size:1.6rem}.top{padding:1.7rem 1.5rem}}
""".replace("\n", "")
