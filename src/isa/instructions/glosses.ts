import { GENERAL_GLOSSES } from './glosses-general';
import { PREFIX_GLOSSES, SYSTEM_GLOSSES } from './glosses-system';
import { X87_GLOSSES } from './glosses-x87';

type Glosses = readonly (readonly [names: string, gloss: string])[];

function byName(glosses: Glosses): ReadonlyMap<string, string> {
  return new Map(
    glosses.flatMap(([names, gloss]) => names.split(' ').map((name) => [name, gloss] as const)),
  );
}

const GENERAL = byName([...GENERAL_GLOSSES, ...X87_GLOSSES]);
const SYSTEM = byName(SYSTEM_GLOSSES);
const PREFIXES = byName(PREFIX_GLOSSES);

/** What an instruction or prefix does, in one sentence (English; translate on display). Lower-case names. */
export function instructionGloss(mnemonic: string): string | undefined {
  return GENERAL.get(mnemonic) ?? SYSTEM.get(mnemonic) ?? PREFIXES.get(mnemonic);
}

/** Every mnemonic and prefix that has a sentence. */
export function glossedMnemonics(): string[] {
  return [...GENERAL.keys(), ...SYSTEM.keys(), ...PREFIXES.keys()];
}
