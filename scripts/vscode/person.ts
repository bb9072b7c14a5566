import type { Locator, Page } from 'playwright-core';
import { PATIENCE } from './workbench';

const CONTINUE = '.codicon-debug-continue';
const WORLD = '.statusbar-item[id*="ringside.world"]';
/** The icon of each world in the status bar: the same in every language. */
const WORLD_ICONS = {
  guest: '.codicon-vm',
  monitor: '.codicon-server-process',
  host: '.codicon-server',
} as const;

/** Uses the workbench as a person does: by keys and clicks, looking at what stands on the page. */
export class Person {
  constructor(private readonly page: Page) {}

  async waitForWorkbench(): Promise<void> {
    await this.page.waitForSelector('.monaco-workbench .part.sidebar');
    await this.page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item');
  }

  /** Opens a file by its name and waits until the editor knows its language. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.page.waitForSelector('.quick-input-widget input');
    await this.page.keyboard.type(name);
    await this.chooseFirst(name.slice(name.lastIndexOf('/') + 1));
    await this.page.waitForSelector('.editor-instance .view-lines .view-line');
    await this.page.waitForSelector('.statusbar-item[id="status.editor.mode"] :text("NASM")');
  }

  /** Enter, once the list has what was typed: one pressed before would be lost. */
  private async chooseFirst(text: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
    await row.first().waitFor();
    await this.page.waitForTimeout(200);
    await this.page.keyboard.press('Enter');
  }

  async command(title: string): Promise<void> {
    await this.startCommand(title);
    await this.page.waitForTimeout(300);
  }

  /** A command that asks for something more. */
  async startCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.waitForSelector('.quick-input-widget input');
    await this.page.keyboard.type(title);
    await this.chooseFirst(title);
  }

  async goToLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.page.waitForSelector('.quick-input-widget input');
    await this.page.keyboard.type(String(line));
    await this.page.keyboard.press('Enter');
    await this.page.waitForTimeout(300);
  }

  /** F9, again until the glyph shows: the first one can come before the editor is ready for it. */
  async toggleBreakpoint(): Promise<void> {
    for (let attempt = 0; attempt < 10; attempt++) {
      await this.page.keyboard.press('F9');
      const glyph = this.page.locator(
        '.codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified',
      );
      const shown = await glyph
        .first()
        .waitFor({ timeout: 1500 })
        .then(
          () => true,
          () => false,
        );
      if (shown) return;
    }
    throw new Error('no breakpoint appears in the gutter');
  }

  /**
   * Presses a key that lets the guest go on, and waits until it has stopped somewhere else: the editor
   * stands at another place, the status bar tells the world, and the next key would be taken.
   * Nothing here waits for a span of time, as a busy machine may take any.
   */
  async stopAfter(key: string, world: keyof typeof WORLD_ICONS): Promise<void> {
    const before = await this.position();
    await this.page.keyboard.press(key);
    await this.waitFor(`a stop in the ${world} after ${key}`, async () => {
      const stands = await this.page.locator(CONTINUE).first().isVisible();
      const told = await this.page.locator(`${WORLD} ${WORLD_ICONS[world]}`).isVisible();
      return stands && told && (await this.position()) !== before;
    });
  }

  /** Waits until the status bar says that the guest runs. */
  async waitForRunning(): Promise<void> {
    await this.page.locator(`${WORLD} .codicon-sync`).waitFor();
  }

  /** The file and line at which the editor stands, by its tab and the status bar. */
  private async position(): Promise<string> {
    const tab = this.page.locator('.editor-group-container.active .tab.active .monaco-icon-label');
    const line = this.page.locator('.statusbar-item[id="status.editor.selection"]');
    const texts = await Promise.all([tab, line].map((part) => part.first().allInnerTexts()));
    return texts.flat().join(' ');
  }

  /** Asks again and again, as a person looks; says what was there instead if it never comes. */
  async waitFor(what: string, there: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (!(await there())) {
      if (Date.now() > end) {
        const seen = `${await this.position()} · ${(await this.page.locator(WORLD).allInnerTexts()).join()}`;
        throw new Error(`waited in vain for ${what}; the workbench shows: ${seen}`);
      }
      await this.page.waitForTimeout(50);
    }
  }

  /** What stands in the status bar about the present world. */
  async world(): Promise<string> {
    return (await this.page.locator(WORLD).innerText()).trim();
  }

  /** The panes of the side bar by title: opens or closes one. One that is not there is closed. */
  async setPane(title: RegExp, open: boolean): Promise<void> {
    if (open) await this.waitFor(`the pane ${String(title)}`, () => this.bring(title));
    else if (!(await this.bring(title))) return;
    const header = this.header(title);
    const expanded = (await header.getAttribute('aria-expanded')) === 'true';
    if (expanded !== open) {
      await this.page.mouse.move(1400, 900); // off the rows, whose hovers would lie above the header
      await this.page.waitForTimeout(200);
      // At its left: what is told of the buttons above may lie over the rest.
      await header.click({ position: { x: 30, y: 10 } });
      await this.page.mouse.move(1400, 900);
    }
    await this.page.waitForTimeout(300);
  }

  /** A pane is in our container or in that of VS Code's debugger: brings that one to the front. */
  private async bring(title: RegExp): Promise<boolean> {
    for (const container of ['[aria-label^="Ringside"]', '.codicon-run-view-icon']) {
      if (await this.header(title).isVisible()) return true;
      // The whole item: a badge may lie over its icon.
      const item = this.page
        .locator('.part.activitybar .action-item:not(.checked)')
        .filter({ has: this.page.locator(container) });
      if ((await item.count()) === 0) continue; // in front already
      await item.first().click();
      await this.page.waitForTimeout(300);
    }
    return this.header(title).isVisible();
  }

  /** Whether a pane is in the container that is in front. */
  sees(title: RegExp): Promise<boolean> {
    return this.header(title).isVisible();
  }

  private header(title: RegExp): Locator {
    return this.page.locator('.part.sidebar .pane-header').filter({ hasText: title }).first();
  }

  private async pane(title: RegExp): Promise<Locator> {
    await this.bring(title);
    return this.page
      .locator('.part.sidebar .pane')
      .filter({ has: this.page.locator('.pane-header', { hasText: title }) })
      .first();
  }

  /** The rows that a pane shows: label, description and what else stands there, with blanks between. */
  async rowsOf(title: RegExp): Promise<string[]> {
    const pane = await this.pane(title);
    return pane.locator('.monaco-list-row').evaluateAll((rows) =>
      rows.map((row) => {
        const leaves = [...row.querySelectorAll('*')].filter((e) => e.childElementCount === 0);
        return leaves
          .map((leaf) => leaf.textContent ?? '')
          .join(' ')
          .replace(/\s+/g, ' ')
          .trim();
      }),
    );
  }

  private async row(pane: RegExp, text: RegExp): Promise<Locator> {
    return (await this.pane(pane)).locator('.monaco-list-row').filter({ hasText: text }).first();
  }

  /** Whether a row of a pane carries the mark of a change. */
  async isMarked(pane: RegExp, text: RegExp): Promise<boolean> {
    return (await (await this.row(pane, text)).locator('.codicon-diff-modified').count()) > 0;
  }

  /** An item of a row's context menu. */
  async chooseFromMenu(pane: RegExp, row: RegExp, item: string): Promise<void> {
    await (await this.row(pane, row)).click({ button: 'right' });
    await this.chooseFromOpenMenu(item);
  }

  /** An item of the context menu that is open; again, as a menu takes nothing in its first moments. */
  async chooseFromOpenMenu(item: string): Promise<void> {
    const entry = this.page.locator('.monaco-menu .action-item', { hasText: item }).first();
    await entry.waitFor();
    await this.waitFor(`the menu to take "${item}"`, async () => {
      await this.page.waitForTimeout(250);
      if (!(await entry.isVisible())) return true;
      await entry.hover();
      await this.page.keyboard.press('Enter');
      return false;
    });
  }

  /** A button in the title of a pane. */
  async pressButton(title: RegExp, label: RegExp): Promise<void> {
    const pane = await this.pane(title);
    await pane.locator('.pane-header').hover();
    await pane.getByRole('button', { name: label }).first().click();
  }

  /** Types into the box that VS Code has opened. */
  async answer(text: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget input');
    await box.waitFor();
    await box.fill(text);
    await box.press('Enter');
  }

  /** The text of the line that the debugger stands at, inline values included. */
  async lineOfStop(): Promise<string> {
    const arrow = '.debug-top-stack-frame-line';
    const top = await this.page.locator(`.view-overlays ${arrow}`).first().boundingBox();
    const lines = await this.page.locator('.editor-instance .view-line').all();
    for (const line of lines) {
      if (Math.abs(((await line.boundingBox())?.y ?? -1) - (top?.y ?? -9)) < 2) {
        return (await line.innerText()).replaceAll('\u00a0', ' ');
      }
    }
    return '';
  }

  /** The views have much to say: a person would drag the sash, too. */
  async widenSidebar(): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (!box) return;
    const y = box.y + box.height / 2;
    await this.drag(box.x + box.width, y, 620, y);
  }

  private async drag(fromX: number, fromY: number, toX: number, toY: number): Promise<void> {
    await this.page.mouse.move(fromX, fromY);
    await this.page.mouse.down();
    await this.page.mouse.move(toX, toY, { steps: 8 });
    await this.page.mouse.up();
  }
}
