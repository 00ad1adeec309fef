import { chromium } from "@playwright/test";
const b = await chromium.launch({executablePath:"/usr/bin/chromium", args:["--no-sandbox","--disable-gpu","--disable-quic"]});
const c = await b.newContext({viewport:{width:1440,height:900}});
const p = await c.newPage(); p.on("pageerror",e=>console.log("pageerror",e.message.slice(0,300)));
await p.goto("http://127.0.0.1:8395/?from-nothing"); await p.getByRole("radio",{name:/With dreams/}).waitFor({timeout:60000});
const preset = process.argv[2];
if (preset) await p.getByRole("radio",{name:preset}).check();
await p.waitForTimeout(1500);
const pad = p.getByRole("img",{name:/^Drawing pad/}); const box = await pad.boundingBox();
async function stroke(pts){ await p.mouse.move(box.x+pts[0][0]*box.width, box.y+pts[0][1]*box.height); await p.mouse.down(); for(const [x,y] of pts.slice(1)) await p.mouse.move(box.x+x*box.width, box.y+y*box.height,{steps:6}); await p.mouse.up(); }
const shapes = { Ring: (d)=>[[...Array(17)].map((_,i)=>[.5+.25*Math.cos(i/8*Math.PI)+d,.5+.27*Math.sin(i/8*Math.PI)])], Cross:(d)=>[[[.25+d,.25],[.75+d,.75]],[[.75+d,.25],[.25+d,.75]]], Line:(d)=>[[[.5+d,.2],[.5+d,.8]]] };
for (const name of ["Ring","Cross","Line"]) for (const d of [0,.03]) {
  for (const s of shapes[name](d)) await stroke(s);
  await p.waitForTimeout(400);
  const known = p.getByRole("button",{name:new RegExp("^"+name)}).first();
  const t0=Date.now();
  if (d===0) { await p.getByRole("button",{name:/New label/}).last().click(); await p.keyboard.type(name); await p.keyboard.press("Enter"); }
  else { await known.click(); }
  await p.waitForTimeout(preset?9000:2500);
}
for (const s of shapes.Ring(.05)) await stroke(s);
await p.waitForTimeout(1500);
await p.screenshot({path:`/tmp/lead/trained-${preset?"dreams":"exact"}.png`});
console.log((await p.locator("body").innerText()).slice(0,1800));
await b.close();
