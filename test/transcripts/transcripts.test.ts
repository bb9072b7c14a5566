import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from './cli-bundle';
import { play } from './player';

/**
 * Whole sessions with the real adapter in its own process, as text. `UPDATE=1` writes the golden files
 * anew: then read the difference.
 */
const SCRIPTS = join(__dirname, 'scripts');
const GOLDEN = join(__dirname, 'golden');

describe('transcripts of debug sessions', function () {
  this.timeout(60_000);
  before(() => commandLine());

  for (const file of readdirSync(SCRIPTS).filter((name) => name.endsWith('.txt'))) {
    it(file.replace('.txt', '').replaceAll('-', ' '), async () => {
      const transcript = await play(readFileSync(join(SCRIPTS, file), 'utf8'), await commandLine());
      const golden = join(GOLDEN, file);
      if (process.env['UPDATE']) writeFileSync(golden, transcript);
      else assert.equal(transcript, readFileSync(golden, 'utf8'));
    });
  }
});
