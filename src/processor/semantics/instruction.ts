import type { AbstractMachine } from './abstract-machine';

/** What an instruction does, told to the abstract machine. */
export type Definition = (m: AbstractMachine) => void;

const definitions = new Map<string, Definition>();

/** Defines one or more mnemonics, spelled as in the manuals. */
export function instruction(mnemonics: string | readonly string[], definition: Definition): void {
  for (const mnemonic of typeof mnemonics === 'string' ? [mnemonics] : mnemonics) {
    if (definitions.has(mnemonic)) throw new Error(`${mnemonic} is defined twice`);
    definitions.set(mnemonic, definition);
  }
}

export function definitionOf(mnemonic: string): Definition | undefined {
  return definitions.get(mnemonic);
}
