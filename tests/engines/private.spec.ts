// Nothing leaves the device: every test here is recorded (fixtures.ts), and the recorder does notice.

import { expect, test } from "./fixtures";

test("whoever asks another origin is recorded: a page, its workers, encrypted or not", async ({
  engine,
  recorder,
}) => {
  const tab = await engine.open();
  // No policy holds here.
  await tab.go("data:text/html,<title>No policy</title>");
  await tab.run(() => {
    const ask = (address: string) => `fetch("${address}").catch(() => undefined)`;
    new Image().src = "http://picture.example/1.png";
    new WebSocket("ws://socket.example/");
    fetch("https://secret.example/").catch(() => undefined);
    fetch("http://127.0.0.1:12345/").catch(() => undefined);
    const code = new Blob([ask("http://worker.example/")], { type: "text/javascript" });
    new Worker(URL.createObjectURL(code));
  });
  const hosts = () => recorder.asked.map((asked) => asked.replace(/^\w+:\/\//, "").replace(/[:/].*/, ""));
  for (const host of ["picture.example", "socket.example", "secret.example", "worker.example", "127.0.0.1"]) {
    await expect.poll(hosts).toContain(host);
  }
  recorder.asked.length = 0;
});
