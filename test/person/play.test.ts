import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { canRunServer } from '../../scripts/vscode/install';
import { guestPage } from './guest-page';
import { openPackedWorkbench, OUT, type PackedWorkbench } from './packed-workbench';
import { COLUMNS, nextStep, type Cell } from './snake-player';

/**
 * A person boots a disk, plays the game on it, stops it in the middle, looks, goes on, and paints with the
 * mouse. `PLAY_MINUTES=60` plays for so long, with a stop every minute.
 */

const MINUTES = Number(process.env['PLAY_MINUTES'] ?? 0.5);
/** Between two stops, in milliseconds. */
const ROUND = 60_000;

function playing(): void {
  describe('a game on the guest screen', function () {
    this.timeout(300_000 + MINUTES * ROUND * 1.5);
    let workbench: PackedWorkbench;
    let frame: Frame;
    let games = 0;
    let best = 0;

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench('en', 'dark');
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot('failed');
    });

    after(() => workbench?.close());

    const shoot = (name: string): Promise<unknown> =>
      workbench.page.screenshot({ path: join(OUT, `play-${name}.png`) });
    const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
    const width = (): Promise<string | null> => frame.locator('#screen').getAttribute('width');
    const hint = async (): Promise<string> => (await frame.locator('#hint').textContent()) ?? '';
    const text = async (): Promise<string> => (await frame.locator('#text').textContent()) ?? '';

    const pixels = (places: readonly (readonly [number, number])[]): Promise<number[]> =>
      frame.evaluate((wanted) => {
        const canvas = document.querySelector<HTMLCanvasElement>('#screen');
        const pen = canvas?.getContext('2d');
        if (!canvas || !pen) return [];
        const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
        return wanted.map(([x, y]) => {
          const at = (y * canvas.width + x) * 4;
          const [red = 0, green = 0, blue = 0] = data.slice(at, at + 3);
          return (red << 16) | (green << 8) | blue;
        });
      }, places);

    /** A browser without a window hangs once its mouse has no place any more: it is told that it may not. */
    const forbidLock = (): Promise<void> =>
      frame.evaluate(() => {
        HTMLElement.prototype.requestPointerLock = () => Promise.reject(new Error('not allowed'));
      });

    async function field(): Promise<Cell[]> {
      const corners = Array.from({ length: COLUMNS * 25 }, (_, cell) => {
        return [(cell % COLUMNS) * 8, Math.floor(cell / COLUMNS) * 8] as const;
      });
      const colours = await pixels(
        corners.flatMap(([x, y]) => [[x + 3, y + 3] as const, [x + 1, y + 1] as const]),
      );
      return corners.map((_, n) => ({
        middle: colours[2 * n] ?? 0,
        eye: colours[2 * n + 1] ?? 0,
      }));
    }

    /** How many of the cells are the snake's or the apple's. */
    const length = (cells: readonly Cell[]): number =>
      cells.slice(COLUMNS).filter(({ middle }) => ((middle >> 16) ^ middle) & 0xff).length;

    /** Plays for some time; a game that is lost is followed by another. */
    async function play(milliseconds: number): Promise<void> {
      const until = performance.now() + milliseconds;
      let last: string | undefined;
      let still = 0;
      let before = '';
      while (performance.now() < until) {
        const cells = await field();
        best = Math.max(best, length(cells));
        const now = JSON.stringify(cells);
        still = now === before ? still + 1 : 0;
        before = now;
        if (still > 40) {
          // "GAME OVER  ANY KEY", after a second in which keys do not count
          games++;
          await press('Space');
          await workbench.page.waitForTimeout(200);
          [still, last] = [0, undefined];
          continue;
        }
        const step = nextStep(cells);
        if (step && step !== last) await press(step);
        last = step;
        await workbench.page.waitForTimeout(25);
      }
    }

    it('boots the disk, and begins by a key', async () => {
      const { person } = workbench;
      await person.openFile('bios/boot.asm');
      await person.stopAfter('F5', 'guest');
      await press('F5');
      frame = await guestPage(workbench);
      await person.waitFor('the menu', async () => /1 {3}Play snake/.test(await text()));
      await shoot('1-menu');
      await frame.locator('#screen').click();
      assert.match(await hint(), /^Keyboard captured/);
      await press('1');
      await person.waitFor('the game', async () => (await width()) === '320');
    });

    it('is played, stopped in the middle, looked at, and gone on with', async () => {
      const { person, page } = workbench;
      const until = performance.now() + MINUTES * 60_000;
      do {
        await play(Math.min(ROUND, until - performance.now()));
        await shoot('2-game');
        // Ctrl+Alt gives the keyboard back; F6 is VS Code's again.
        await page.keyboard.down('Control');
        await press('Alt');
        await page.keyboard.up('Control');
        assert.match(await hint(), /^Click the screen/);
        await press('F6');
        await person.waitFor('a stop', async () => (await person.world()).startsWith('guest ·'));
        const stopped = await field();
        await page.waitForTimeout(500);
        assert.deepEqual(await field(), stopped, 'nothing moves at a stop');
        await person.waitFor('that it is paused', async () =>
          /paused/.test((await frame.locator('#state').textContent()) ?? ''),
        );
        await shoot('3-stop');
        await press('F5');
        await person.waitForRunning();
        await frame.locator('#screen').click();
      } while (performance.now() < until);
      console.log(`      ${String(games)} games lost, longest snake ${String(best)}`);
      assert.ok(best >= 8, 'the snake has grown: an apple was eaten');
    });

    it('the mouse paints', async () => {
      const { person, page } = workbench;
      await press('Escape');
      await page.waitForTimeout(1500); // had it just died, keys do not count for a second
      if ((await width()) === '320') await press('Escape');
      await person.waitFor('the menu', async () => /Paint with the mouse/.test(await text()));
      await press('3');
      await person.waitFor('the canvas', async () => (await width()) === '320');
      await person.waitFor('that there is a mouse', async () => /mouse/.test(await hint()));
      await forbidLock();
      await frame.locator('#screen').click();
      await person.waitFor('the mouse', async () => /and mouse captured/.test(await hint()));
      await page.mouse.down();
      for (let n = 0; n < 30; n++) {
        await page.mouse.move(1100 + 8 * n, 420 + 3 * n);
        await page.waitForTimeout(20);
      }
      await page.mouse.up();
      await page.waitForTimeout(300);
      await shoot('4-painting');
      const all = Array.from(
        { length: 320 * 180 },
        (_, n) => [n % 320, Math.floor(n / 320)] as const,
      );
      const painted = (await pixels(all)).filter((colour) => colour !== 0 && colour !== 0xff_ff_ff);
      assert.ok(painted.length > 100, `${String(painted.length)} pixels are painted`);
    });

    it('Escape is a key of the guest, and the mouse is free at its end', async () => {
      const { person } = workbench;
      await press('Escape');
      await person.waitFor('the menu', async () => /Power off/.test(await text()));
      await press('4');
      await person.waitFor('the end', async () => (await hint()) === '');
      assert.match(await text(), /^Good night\./);
    });
  });
}

if (canRunServer()) playing();
