/// How the page looks: light, dark, narrow, in print. No colour says what a mark or word does not say too.
enum HTMLStyle {
    /// The hatching that drawings fill with, once for the page.
    static let patterns: StaticString = """
        <svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>\
        <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><rect class="hb" width="5" height="5"/><line class="hl" x1="0" y1="0" x2="0" y2="5"/></pattern></defs></svg>
        """

    static let sheet: StaticString = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--page:#fff;\
        --card:#f6f8fa;--good:#0b5f87;--bad:#a83c0a;--unsure:#6b5d00;--goodbg:#e3f1f8;--badbg:#fbe9e0;\
        --unsurebg:#f7f1cf;--base:#6e7781;--focus:#0550ae;--g1:#e9f4fa;--g2:#cfe7f3;--g3:#a8d3e8;\
        --g4:#7bbcdb;--b1:#fdf1ea;--b2:#f9dccd;--b3:#f2bda2;--b4:#e99a74;--hatch:rgba(168,60,10,.16)}
        @media (prefers-color-scheme:dark){
          :root{--ink:#e6edf3;--soft:#9aa4ae;--line:#30363d;--page:#0d1117;--card:#161b22;--good:#6cc3e8;\
          --bad:#f49a6c;--unsure:#dcc850;--goodbg:#0e2a38;--badbg:#3a1d10;--unsurebg:#2f2a0c;\
          --base:#8b949e;--focus:#79c0ff;--g1:#0f2029;--g2:#123240;--g3:#164a60;--g4:#1b6482;--b1:#241710;\
          --b2:#3a2114;--b3:#5a2f19;--b4:#7d3f1e;--hatch:rgba(244,154,108,.2)}
        }
        *{box-sizing:border-box}
        html{scroll-padding-top:52px}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,\
        "Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;\
        overflow-wrap:anywhere}
        body>header,main,footer,nav{max-width:1200px;margin:0 auto;padding-left:24px;padding-right:24px}
        h1,h2,h3,h4,p,ul,ol,dl,dd,figure{margin:0}
        ul,ol{padding:0}
        h2{font-size:19px;letter-spacing:-.01em;margin:0 0 4px}
        h3{font-size:15px}
        h4{font-size:13px;color:var(--soft);font-weight:600}
        a{color:inherit;text-underline-offset:3px}
        a:hover{color:var(--good)}
        :focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:3px}
        code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
        pre{white-space:pre-wrap;background:var(--card);border:1px solid var(--line);border-radius:8px;\
        padding:12px 14px;max-height:480px;overflow:auto}
        small{display:block;color:var(--soft);font-size:12.5px;font-weight:400}
        .skip{position:absolute;left:-999px}
        .skip:focus{left:8px;top:8px;background:var(--page);padding:8px 12px;z-index:9}
        .defs{position:absolute}
        .hb{fill:none}
        .hl{stroke:var(--bad);stroke-width:1.6;stroke-opacity:.45}
        .esc{font:12px ui-monospace,Menlo,Consolas,monospace;background:var(--unsurebg);\
        color:var(--unsure);border-radius:3px;padding:0 2px}
        .verdict,.verdict.pass,.verdict.fail,.verdict.unsure{color:var(--ink)}
        .verdict{display:flex;gap:20px;padding-top:28px;padding-bottom:24px;align-items:flex-start}
        .stamp{flex:none;width:76px;height:76px;border-radius:18px;display:grid;place-items:center;\
        font-size:42px;font-weight:700;line-height:1;color:var(--page)}
        .verdict.pass .stamp{background:var(--good)}
        .verdict.fail .stamp{background:var(--bad)}
        .verdict.unsure .stamp{background:var(--unsure)}
        .verdict h1{font-size:40px;line-height:1.1;letter-spacing:-.02em}
        .verdict.pass h1{color:var(--good)}
        .verdict.fail h1{color:var(--bad)}
        .verdict.unsure h1{color:var(--unsure)}
        .what{color:var(--soft)}
        .what b{color:var(--ink)}
        .headline{font-size:19px;line-height:1.4;margin-top:6px;max-width:70ch}
        .meaning{color:var(--soft);margin-top:2px}
        .meta{color:var(--soft);font-size:13px;margin-top:10px}
        nav{position:sticky;top:0;z-index:5;background:var(--page);border-bottom:1px solid var(--line);\
        padding-top:9px;padding-bottom:9px;font-size:13.5px;white-space:nowrap;overflow-x:auto}
        nav a{color:var(--soft);text-decoration:none;margin-right:18px}
        nav a:hover{color:var(--ink);text-decoration:underline}
        .nv{font-weight:700;margin-right:18px}
        main>section,.cards{margin-top:40px}
        .cards{margin-top:24px}
        .lead,.note,.key{color:var(--soft);font-size:13.5px;max-width:95ch}
        .lead{margin-bottom:12px}
        .note{font-weight:400}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(250px,1fr));gap:12px}
        .card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px}
        .card h2{font-size:12.5px;font-weight:600;color:var(--soft);letter-spacing:0;margin-bottom:4px}
        .card ul{list-style:none}
        .card li+li{margin-top:2px}
        .scroll{overflow-x:auto;margin:0 -4px;padding:0 4px}
        table{border-collapse:collapse;width:100%}
        caption{text-align:left;color:var(--soft);font-size:12.5px;padding:4px 0}
        .gates caption,.heat caption{position:absolute;width:1px;height:1px;overflow:hidden;\
        clip-path:inset(50%)}
        th,td{overflow-wrap:break-word}
        .gates th,.heat tbody th,.metrics tbody th,.why,td code{overflow-wrap:anywhere}
        th{font-weight:500;text-align:left;vertical-align:top}
        thead th{color:var(--soft);font-size:12.5px;padding:4px 10px;\
        border-bottom:1px solid var(--line);vertical-align:bottom}
        td,tbody th{padding:8px 10px;border-bottom:1px solid var(--line);vertical-align:top}
        td.n,th.n{text-align:right;white-space:nowrap;overflow-wrap:normal}
        td.n:has(.fn){position:relative;padding-right:38px}
        td .fn{position:absolute;left:calc(100% - 36px);top:15px}
        .none{color:var(--soft)}
        tbody tr:hover{background:var(--card)}
        .gates tbody th{min-width:180px;max-width:260px}
        .why{color:var(--soft);font-size:13.5px;min-width:150px;max-width:280px}
        .gates .why{width:230px}
        .o{white-space:nowrap;font-weight:600;font-size:13.5px}
        .o .m{display:inline-block;width:1.3em;font-weight:700}
        .pass{color:var(--good)}
        .fail{color:var(--bad)}
        .unsure{color:var(--unsure)}
        .o.none{color:var(--soft)}
        .fn{font-size:11px;line-height:0;margin-left:3px}
        .fn a{color:var(--soft);text-decoration:none;padding:2px}
        .fn a:hover{text-decoration:underline}
        .chart{width:246px}
        .gates .chart{padding-top:2px}
        .gates td.chart:not(:has(svg)){padding-top:8px}
        .ends{display:block;font-size:12.5px;color:var(--soft);text-align:center;width:230px;\
        margin-top:-1px}
        svg{display:block}
        svg text{fill:var(--soft);font:11px system-ui,sans-serif;font-variant-numeric:tabular-nums}
        .axis{stroke:var(--base);stroke-width:1}
        .zero{stroke:var(--ink);stroke-width:1.2}
        .limit{stroke:var(--bad);stroke-width:1.6;stroke-dasharray:4 3}
        .forbid{fill:url(#hatch)}
        line.bar{stroke-width:2.6;stroke:currentColor}
        circle.dot{fill:currentColor}
        circle.was{fill:var(--page);stroke:var(--base);stroke-width:1.8}
        .key{margin-top:8px;max-width:none}
        .scroll+.scroll{margin-top:18px}
        .metrics caption{font-weight:600;color:var(--ink);font-size:13.5px}
        .metrics caption::first-letter{text-transform:uppercase}
        .metrics tbody th{min-width:150px}
        .key .m{margin:0 2px 0 8px}
        details{border:1px solid var(--line);border-radius:10px;margin:10px 0}
        details .scroll,details>.lead,details>pre{margin:0 14px 12px}
        summary{padding:10px 14px;cursor:pointer;border-radius:10px}
        summary:hover{background:var(--card)}
        .stages{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));\
        gap:0;border:1px solid var(--line);border-radius:10px;overflow:hidden}
        .stage{padding:12px 16px 14px;border-right:1px solid var(--line);font-size:13.5px;\
        color:var(--soft);background:var(--card);border-bottom:1px solid var(--line);margin-bottom:-1px}
        .stage h3{color:var(--ink)}
        .stage.hit{background:var(--badbg);box-shadow:inset 0 4px var(--bad)}
        .stage.hit h3,.broke{color:var(--bad)}
        .broke{font-weight:700}
        .num{margin-top:6px}
        .heat td{text-align:right;white-space:nowrap}
        .heat td small{font-size:11px}
        .heat .group th{color:var(--soft);font-size:12.5px;padding-top:14px;background:var(--page)}
        .heat tbody th{padding-left:22px;min-width:120px}
        .heat .group th{padding-left:10px}
        .heat td{padding:6px 10px}
        .g1{background:var(--g1)}
        .g2{background:var(--g2)}
        .g3{background:var(--g3)}
        .g4{background:var(--g4)}
        .b1{background:var(--b1)}
        .b2,.b3,.b4{background-image:repeating-linear-gradient(135deg,var(--hatch) 0 2px,\
        transparent 2px 7px)}
        .b2{background-color:var(--b2)}
        .b3{background-color:var(--b3)}
        .b4{background-color:var(--b4)}
        .broken{box-shadow:inset 0 0 0 2px var(--bad);font-weight:700}
        .few{color:var(--soft);font-style:italic;background-image:radial-gradient(var(--line) 1px,\
        transparent 1px);background-size:6px 6px}
        .heatkey span{display:inline-block;padding:1px 8px;margin-right:3px;color:var(--ink)}
        .heatkey .few{color:var(--soft)}
        .matrices{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(360px,100%),1fr));\
        gap:20px;margin:6px 0 10px;align-items:end}
        .cm{width:auto}
        .cm caption{white-space:nowrap}
        .ex .scroll{margin:8px 0 0}
        .ex .plain td,.ex .plain tbody th{padding:3px 10px;font-size:13.5px}
        .wide{grid-template-columns:repeat(auto-fit,minmax(min(560px,100%),1fr))}
        .wide .cm td{min-width:26px;padding:2px;font-size:12px}
        .cm td{white-space:nowrap;text-align:center;padding:3px 4px;min-width:30px;font-size:12.5px;\
        border:1px solid var(--line)}
        .cm tbody th{padding:3px 8px 3px 0;font-size:12.5px;border:0;white-space:nowrap}
        .cm thead th{padding:2px;border:0;vertical-align:bottom}
        .cm thead span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap;\
        display:inline-block}
        .cm .corner{border:0}
        .d1{background:var(--g2);font-weight:600}
        .d2{background:var(--g3);font-weight:600}
        .grew{padding-left:18px}
        .two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(480px,100%),1fr));gap:28px}
        .hist{width:100%;height:auto}
        .grid{stroke:var(--line)}
        .now{fill:var(--good);fill-opacity:.42;stroke:var(--good);stroke-width:1}
        .before{fill:none;stroke:var(--ink);stroke-width:1.8;stroke-dasharray:5 3}
        .ex summary,.card,.heat th{overflow:clip}
        .ex summary{display:flex;gap:10px;align-items:baseline;flex-wrap:wrap}
        .ex summary::before{content:"▸";color:var(--soft)}
        .ex[open] summary::before{content:"▾"}
        .q{flex:1;min-width:200px}
        .tag{font-size:12px;color:var(--soft);border:1px solid var(--line);border-radius:20px;\
        padding:0 8px;white-space:nowrap;font-weight:400}
        h4 .tag{margin-left:8px}
        .body{padding:0 14px 14px}
        .body>*{margin-top:8px}
        .body ul{padding-left:18px}
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:12px}
        .side{background:var(--card);border-radius:8px;padding:10px 14px;min-width:0}
        .txt{white-space:pre-wrap;contain:paint;unicode-bidi:isolate}
        ul.txt{white-space:normal}
        .cut{color:var(--unsure);font-size:12.5px}
        ins{background:var(--goodbg);text-decoration:underline;text-decoration-thickness:2px;\
        text-underline-offset:3px}
        del{background:var(--badbg);text-decoration:line-through}
        .docs{margin-top:10px}
        .docs td{padding:4px 6px;font-size:13px}
        .docs td:first-child{width:24px;color:var(--soft)}
        .gold{box-shadow:inset 3px 0 var(--good)}
        .star{color:var(--good);font-size:12.5px}
        .missing,.failure,.warn{color:var(--bad);font-size:13.5px;margin-top:6px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(125px,1fr));gap:8px;\
        margin-bottom:10px}
        .tile{border:1px solid var(--line);border-radius:8px;padding:8px 12px;display:flex;\
        flex-direction:column-reverse;justify-content:flex-end}
        .tile dt{color:var(--soft);font-size:12.5px;line-height:1.3}
        .tile dd{font-size:21px;font-weight:600}
        .zero dd{color:var(--soft);font-weight:400}
        .track{list-style:none;display:flex;flex-wrap:wrap;gap:8px}
        .track li{border:1px solid var(--line);border-radius:8px;padding:8px 14px;color:var(--soft)}
        .track b{color:var(--ink)}
        .track .here{border:2px solid var(--ink)}
        .track li+li::before{content:"→ "}
        .facts{display:grid;grid-template-columns:minmax(120px,max-content) 1fr;gap:2px 18px;\
        font-size:13.5px}
        .facts dt{color:var(--soft)}
        #again h3{margin:16px 0 4px}
        .methods,.notes{padding-left:24px;font-size:13.5px}
        .methods li:target{background:var(--unsurebg)}
        .cmd{display:inline-block;margin:6px 0}
        footer{color:var(--soft);font-size:12.5px;margin-top:48px;padding-bottom:40px}
        @media screen and (max-width:760px){
          body>header,main,footer,nav{padding-left:14px;padding-right:14px}
          .pair{grid-template-columns:1fr}
          .verdict{gap:12px}
          .stamp{width:48px;height:48px;font-size:26px;border-radius:12px}
          .verdict h1{font-size:30px}
          .headline{font-size:17px}
          td,tbody th{padding:6px 8px}
          .gates thead{display:none}
          .gates tr{display:block;border-bottom:1px solid var(--line);padding:8px 0}
          .gates td,.gates tbody th{display:block;border:0;padding:2px 4px;max-width:none;text-align:left}
          .gates td.n{display:inline-block;margin-right:10px}
          .gates td.n::before{color:var(--soft);font-size:12px}
          .gates td:nth-child(3)::before{content:"baseline "}
          .gates td:nth-child(4)::before{content:"candidate "}
          .gates td:nth-child(5)::before{content:"Δ or value "}
          .gates td:nth-child(7)::before{content:"n "}
          .facts{grid-template-columns:1fr}
          .facts dd{margin-bottom:8px}
        }
        @media print{
          :root{--page:#fff}
          body{font-size:11px}
          nav,.skip{display:none}
          body>header,main,footer{max-width:none;padding:0}
          section,figure,tr,.card,.side{break-inside:avoid}
          main>section{break-inside:auto}
          h2,h3{break-after:avoid}
          body>header,main,footer{font-size:10px}
          .two,.pair{grid-template-columns:1fr 1fr}
          td,tbody th,thead th{padding:3px 5px}
          .gates tbody th{min-width:90px;max-width:150px}
          .gates .why{width:auto;min-width:80px}
          .why,small,.key,.lead,.note,.ends,.facts,.methods,.notes{font-size:9px}
          code,pre{font-size:9px}
          tbody th{min-width:90px}
          .ends{width:170px}
          .chart svg{width:170px;height:auto}
          .chart{width:176px}
          details>*{display:block}
          details::details-content{content-visibility:visible;block-size:auto}
          .scroll{overflow:visible}
          pre{max-height:none}
          *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
        }
        @media (prefers-contrast:more){
          :root{--soft:var(--ink);--line:var(--ink)}
        }
        """
}
