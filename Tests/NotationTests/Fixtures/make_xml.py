"""Made-up XML, most of it broken, with what expat says of each: xml.jsonl. Seeded."""
import json, random, xml.parsers.expat
rng=random.Random(7)
seeds=['<a/>','<a b="1" c=\'2\'>x</a>','<?xml version="1.0"?><a><b/>t</a>','<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<!-- c --><a>&lt;&#65;&#x41;</a>\n<!-- d -->','<a><![CDATA[<x>]]></a>','<!DOCTYPE a [<!ENTITY e "v"><!ELEMENT a ANY>]><a>&e;</a>','<a>&u;</a>','<a x="&lt;"/>','<a x="<"/>','<a><b></a></b>','<a','<a>]]></a>','<a b="1" b="2"/>','<a b=1/>','<?xml version="1.0"?>','<a/><b/>','text','<a>\x01</a>','<a>&#0;</a>','<a>&#x1F600; 😀</a>','<é ü="ö">ä</é>','<1a/>','<!DOCTYPE a SYSTEM "x.dtd"><a>&u;</a>','<!DOCTYPE a [<!ENTITY e "&f;"><!ENTITY f "&e;">]><a>&e;</a>','<!DOCTYPE a [<!ENTITY e "<b>">]><a>&e;</a>','<!DOCTYPE a [<!ENTITY e "<b/>">]><a>&e;</a>','<!DOCTYPE a [<!ENTITY e "<b/>">]><a x="&e;"/>','<!DOCTYPE a [<!ENTITY e "&#60;">]><a>&e;</a>','<a><!-- -- --></a>','<a><?xml version="1.0"?></a>',' <?xml version="1.0"?><a/>','<a><?pi?></a>','<a><?pi x?></a>','<a></ a>','<a></a >','<a b = "1" />','<a b="1"c="2"/>','<!DOCTYPE a [<!ATTLIST a b CDATA "x>y">]><a/>','<a>&amp</a>','<a>& b</a>','','   ','<a>\ufffe</a>','<?xml version="2.0"?><a/>','<?xml version="1.0" standalone="maybe"?><a/>','<?xml encoding="UTF-8"?><a/>','<a:b xmlns:a="u"/>','<a>\r\n</a>','<a\n/>','<a><b><c><d/></c></b></a>']
al='<>&;/!?-[]"\'= ab1:#x%\n'
cases=list(seeds)
for _ in range(700):
    s=list(rng.choice(seeds))
    for _ in range(1):
        op=rng.randrange(3); i=rng.randrange(len(s)+1)
        if op==0: s.insert(i,rng.choice(al))
        elif s and i<len(s):
            if op==1: del s[i]
            else: s[i]=rng.choice(al)
    cases.append(''.join(s))
out=[]
for c in cases:
    p=xml.parsers.expat.ParserCreate()
    try: p.Parse(c.encode('utf-8'),True); ok=True; why=''
    except Exception as e: ok=False; why=str(e)
    out.append({"text":c,"ok":ok,"why":why})
with open('xml.jsonl','w') as f:
    for o in out: f.write(json.dumps(o)+'\n')
print(sum(o['ok'] for o in out),len(out))
