import { formTable } from '../decoder/forms';
import { FIRST_FORM_HANDLER } from './handler-numbers';
import { Tally } from './tally';

/** Nothing is counted yet. */
export const newTally = (): Tally => new Tally(FIRST_FORM_HANDLER + formTable().forms.length);

/** How often each instruction was completed by a slow path: by its mnemonic, as the manuals spell it. */
export function slowInstructions({ instructions }: Tally): Map<string, number> {
  const counts = new Map<string, number>();
  formTable().forms.forEach(({ mnemonic }, form) => {
    const count = instructions[FIRST_FORM_HANDLER + form] ?? 0;
    if (count > 0) counts.set(mnemonic, (counts.get(mnemonic) ?? 0) + count);
  });
  return counts;
}
