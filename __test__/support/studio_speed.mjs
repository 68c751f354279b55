// How fast Studio's page is, measured in the page itself. For the suite that asks whether it is fast enough, and the bench.

/** Milliseconds from opening to all of the board on the screen. */
export async function opening(page, url) {
  await page.goto('about:blank');
  await page.goto(url);
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () => {
          const isShown =
            document.querySelector('.card, canvas.far') !== null && document.querySelector('.zone') !== null;
          // The picture that has them is the one after this.
          if (isShown) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

/** Frames a second while the canvas is dragged about for a while, and the longest of them in milliseconds. */
export async function dragging(page, { moves = 120 } = {}) {
  const frames = page.evaluate(
    () =>
      new Promise((resolve) => {
        const times = [];
        const tick = (time) => {
          times.push(time);
          if (window.ended) resolve(times);
          else requestAnimationFrame(tick);
        };
        window.ended = false;
        requestAnimationFrame(tick);
      }),
  );
  await page.mouse.move(700, 750);
  await page.mouse.down();
  for (let n = 0; n < moves; n += 1) await page.mouse.move(700 + 250 * Math.sin(n / 15), 550 + 200 * Math.cos(n / 15));
  await page.mouse.up();
  await page.evaluate(() => (window.ended = true));
  const times = await frames;
  const gaps = times.slice(1).map((time, n) => time - times[n]);
  return { fps: (gaps.length * 1000) / (times.at(-1) - times[0]), longest: Math.max(...gaps) };
}
