import { Rec, State } from '../layout';
import { AbstractMachine } from '../semantics/abstract-machine';
import type { Form } from '../semantics/form';
import { definitionOf } from '../semantics/instruction';
import { Op, ValueType } from '../wasm/encoding';
import { ModuleBuilder } from '../wasm/module-builder';
import { HandlerEmitter } from './handler-emitter';
import { declareHelpers, type Helpers } from './helpers';

/** What stands in records that are no instruction; the forms follow in their order. */
export const SPECIAL_HANDLER = 0;
/** Leads on to another record, where a block or a page ends. */
export const FOLLOW_HANDLER = 1;
export const FIRST_FORM_HANDLER = 2;

/** The functions and globals that the generated module exports. */
export interface InterpreterExports {
  /** Runs from a record until it must leave; RIP is then in state. */
  run(record: number): void;
  /** Instructions that may still be started. */
  readonly remaining: WebAssembly.Global<'i32'>;
  /** The record of the instruction being executed. */
  readonly record: WebAssembly.Global<'i32'>;
}

/** Generates the interpreter: one handler for each form, and the loop that goes from one to the next. */
export function generateInterpreter(forms: readonly Form[]): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const helpers = declareHelpers(module);
  const remaining = module.exportGlobal('remaining');
  const record = module.exportGlobal('record');
  const handlers = [
    emitSpecial(module, helpers),
    emitFollow(module, helpers, remaining),
    ...forms.map((form) => emitForm(module, helpers, form)),
  ];
  module.setTable(handlers);
  emitRun(module, remaining, record);
  return module.toBytes();
}

function emitForm(module: ModuleBuilder, helpers: Helpers, form: Form): number {
  const define = definitionOf(form.mnemonic);
  if (!define) throw new Error(`${form.mnemonic} is not defined`);
  const f = module.addFunction([ValueType.I32], [ValueType.I32]);
  new HandlerEmitter(f, helpers, 0).body(AbstractMachine.build(form, define));
  return f.index;
}

function emitSpecial(module: ModuleBuilder, helpers: Helpers): number {
  const f = module.addFunction([ValueType.I32], [ValueType.I32]);
  f.get(0).call(helpers.special);
  return f.index;
}

/** Goes on to the record's target, or to the code at its RIP. It counts as no instruction. */
function emitFollow(module: ModuleBuilder, helpers: Helpers, remaining: number): number {
  const f = module.addFunction([ValueType.I32], [ValueType.I32]);
  const target = f.local(ValueType.I32);
  f.opIndex(Op.globalGet, remaining).i32(1).op(Op.i32Add).opIndex(Op.globalSet, remaining);
  f.get(0).memory(Op.i32Load, Rec.TARGET_RECORD).tee(target);
  f.if(() => f.get(target).op(Op.return));
  f.i32(0).memory(Op.i64Load, State.RIP_BASE);
  f.get(0).memory(Op.i64Load16U, Rec.OFFSET).op(Op.i64Add).call(helpers.lookup);
  return f.index;
}

/** The loop. The count and the current record stand in globals, so that slow paths find them. */
function emitRun(module: ModuleBuilder, remaining: number, record: number): void {
  const f = module.addFunction([ValueType.I32], []);
  const handlerType = module.typeIndex([ValueType.I32], [ValueType.I32]);
  const at = 0;
  const left = f.local(ValueType.I32);
  f.block(Op.loop, () => {
    f.opIndex(Op.globalGet, remaining).tee(left).op(Op.i32Eqz);
    f.if(() => {
      f.i32(0).i32(0).memory(Op.i64Load, State.RIP_BASE);
      f.get(at).memory(Op.i64Load16U, Rec.OFFSET).op(Op.i64Add).memory(Op.i64Store, State.RIP);
      f.op(Op.return);
    });
    f.get(left).i32(1).op(Op.i32Sub).opIndex(Op.globalSet, remaining);
    f.get(at).opIndex(Op.globalSet, record);
    f.get(at).get(at).memory(Op.i32Load16U, Rec.HANDLER).callIndirect(handlerType);
    f.tee(at).opIndex(Op.brIf, 0);
  });
  module.exportFunction('run', f);
}
