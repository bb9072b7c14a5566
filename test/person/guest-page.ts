import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import type { PackedWorkbench } from './packed-workbench';

/** The page of the panel *Guest Screen*, which lies in frames of VS Code's. */
export async function guestPage({ page, person }: PackedWorkbench): Promise<Frame> {
  let found: Frame | undefined;
  await person.waitFor('the page of the screen', async () => {
    for (const frame of page.frames()) {
      const canvases = await frame
        .locator('canvas#screen')
        .count()
        .catch(() => 0);
      if (canvases > 0) found = frame;
    }
    return found !== undefined;
  });
  assert.ok(found);
  return found;
}
