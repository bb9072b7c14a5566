import type { BitTable } from '../bits';
import type { ManualReference } from '../manual';

/** A model-specific register. */
export interface MsrRow<Id extends string = string> {
  /** The manual's name without the IA32_ prefix: the name of its constant. */
  readonly id: Id;
  readonly number: number;
  /** The manual's name. */
  readonly name: string;
  readonly gloss: string;
  readonly section: ManualReference;
  readonly bits: BitTable | undefined;
  /** What it holds after reset. */
  readonly reset: bigint;
  /** The only instruction that may access it, if not both. */
  readonly only: 'RDMSR' | 'WRMSR' | undefined;
  /** WRMSR of an address that is not canonical raises #GP (SDM 2D WRMSR). */
  readonly canonical: boolean;
}

interface Extra {
  /** If it is not the constant's name after IA32_. */
  readonly name?: string;
  readonly bits?: BitTable;
  readonly reset?: bigint;
  readonly only?: 'RDMSR' | 'WRMSR';
  readonly canonical?: boolean;
}

/** One row; what `extra` does not say is: no named bits, 0 after reset, readable and writable. */
export function msr<const Id extends string>(
  id: Id,
  number: number,
  section: ManualReference,
  gloss: string,
  { name = `IA32_${id}`, bits, reset = 0n, only, canonical = false }: Extra = {},
): MsrRow<Id> {
  return { id, number, name, gloss, section, bits, reset, only, canonical };
}
