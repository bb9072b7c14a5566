import type { Field } from '../../isa/vmx/fields';
import { Op, ValueType } from '../wasm/encoding';
import type { FunctionBuilder } from '../wasm/function-builder';
import { ModuleBuilder } from '../wasm/module-builder';
import { fieldOffset, is64Bit } from './vmcs-layout';

/** A field of a VMCS, and the address of the slot (`layout.ts`) of the register it stands for. */
export type FieldOfRegister = readonly [field: Field, slot: number];

/** Moves some fields, both ways. The VMCS is told by where its region lies (`Vmcs.place`). */
export interface Moves {
  /** From the VMCS into the registers. */
  readonly load: (place: number) => void;
  readonly save: (place: number) => void;
}

/**
 * Fields of a VMCS that stand for registers just as the state has them, in sets. Each set becomes two
 * WebAssembly functions without a branch, as every transition moves many fields: a loop over them
 * here would take three times as long.
 */
export class FieldMoves<Name extends string> {
  private module: WebAssembly.Module | undefined;

  constructor(private readonly sets: Readonly<Record<Name, readonly FieldOfRegister[]>>) {}

  /** For the registers and the VMCSs that lie in one memory. */
  within(memory: WebAssembly.Memory): Readonly<Record<Name, Moves>> {
    this.module ??= new WebAssembly.Module(this.generate());
    const { exports } = new WebAssembly.Instance(this.module, { env: { memory } });
    const moves = this.names.map((name) => {
      const load = exports[`load ${name}`];
      const save = exports[`save ${name}`];
      return [name, { load, save }];
    });
    return Object.fromEntries(moves) as Record<Name, Moves>;
  }

  private get names(): readonly Name[] {
    return Object.keys(this.sets) as Name[];
  }

  private generate(): Uint8Array<ArrayBuffer> {
    const module = new ModuleBuilder();
    for (const name of this.names) {
      const load = module.addFunction([ValueType.I32], []);
      const save = module.addFunction([ValueType.I32], []);
      for (const [field, slot] of this.sets[name]) {
        copy(
          load,
          { base: PLACE, offset: fieldOffset(field) },
          { base: ZERO, offset: slot },
          field,
        );
        copy(
          save,
          { base: ZERO, offset: slot },
          { base: PLACE, offset: fieldOffset(field) },
          field,
        );
      }
      module.exportFunction(`load ${name}`, load);
      module.exportFunction(`save ${name}`, save);
    }
    return module.toBytes();
  }
}

type Base = (f: FunctionBuilder) => FunctionBuilder;
/** The function's parameter. */
const PLACE: Base = (f) => f.get(0);
const ZERO: Base = (f) => f.i32(0);

interface Address {
  readonly base: Base;
  readonly offset: number;
}

/** As much as the field has, but 32 bits of one that has 16: nothing else stands in the word. */
function copy(f: FunctionBuilder, from: Address, to: Address, field: Field): void {
  const wide = is64Bit(field);
  to.base(f);
  from.base(f).memory(wide ? Op.i64Load : Op.i32Load, from.offset);
  f.memory(wide ? Op.i64Store : Op.i32Store, to.offset);
}
