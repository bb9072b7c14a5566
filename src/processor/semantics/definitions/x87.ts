import type { SlowPath } from '../slow-path';
import { instruction } from '../instruction';
import { ARITHMETIC } from '../../x87/arithmetic';
import { COMPARISONS } from '../../x87/comparison';
import { CONTROL } from '../../x87/control';
import { DECIMAL } from '../../x87/decimal';
import { MOVES } from '../../x87/moves';
import { TRANSCENDENTAL } from '../../x87/transcendental';

/** The x87 unit is done in TypeScript from beginning to end. */
const X87: Readonly<Record<string, SlowPath>> = {
  ...MOVES,
  ...ARITHMETIC,
  ...COMPARISONS,
  ...TRANSCENDENTAL,
  ...DECIMAL,
  ...CONTROL,
};

for (const [mnemonic, path] of Object.entries(X87)) {
  instruction(mnemonic, (m) => {
    m.slow(path);
  });
}
