import type { Page } from 'playwright-core';

/** How long something may take on a busy machine, in milliseconds. */
const PATIENCE = 60_000;

const CONTINUE = '.codicon-debug-continue';
const WORLD = '.statusbar-item[id*="ringside.world"]';
/** The icon of each world in the status bar: the same in every language. */
const WORLD_ICONS = { guest: '.codicon-vm', monitor: '.codicon-server-process' } as const;

/** Uses the workbench as a person does: by keys and clicks, looking at what stands on the page. */
export class Person {
  constructor(private readonly page: Page) {}

  async waitForWorkbench(): Promise<void> {
    await this.page.waitForSelector('.monaco-workbench .part.sidebar', { timeout: 60_000 });
    await this.page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item');
  }

  /** Opens a file by its name and waits until the editor knows its language. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.page.waitForSelector('.quick-input-widget input');
    await this.page.keyboard.type(name);
    await this.chooseFirst(name.slice(name.lastIndexOf('/') + 1));
    await this.page.waitForSelector('.editor-instance .view-lines .view-line');
    await this.page.waitForSelector('.statusbar-item[id="status.editor.mode"] :text("NASM")', {
      timeout: 30_000,
    });
  }

  /** Enter, once the list has what was typed: one pressed before would be lost. */
  private async chooseFirst(text: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
    await row.first().waitFor({ timeout: 20_000 });
    await this.page.waitForTimeout(200);
    await this.page.keyboard.press('Enter');
  }

  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.waitForSelector('.quick-input-widget input');
    await this.page.keyboard.type(title);
    await this.chooseFirst(title);
    await this.page.waitForTimeout(300);
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
  world(): Promise<string> {
    return this.page.locator(WORLD).innerText();
  }

  /** The panes of the sidebar by title: opens or closes one. */
  async setPane(title: RegExp, open: boolean): Promise<void> {
    const header = this.page
      .locator('.part.sidebar .pane-header')
      .filter({ hasText: title })
      .first();
    await header.waitFor({ timeout: 15_000 });
    const expanded = (await header.getAttribute('aria-expanded')) === 'true';
    if (expanded !== open) {
      await this.page.mouse.move(900, 700); // off the rows, whose hovers would lie above the header
      await this.page.waitForTimeout(200);
      await header.click();
      await this.page.mouse.move(900, 700);
    }
    await this.page.waitForTimeout(300);
  }

  /** The rows that a pane shows. */
  async rowsOf(title: RegExp): Promise<string[]> {
    const pane = this.page
      .locator('.part.sidebar .pane')
      .filter({ has: this.page.locator('.pane-header', { hasText: title }) })
      .first();
    return pane.locator('.monaco-list-row').allInnerTexts();
  }
}
