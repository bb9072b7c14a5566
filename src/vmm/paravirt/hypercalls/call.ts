import type { Handler } from '../../operation';
import type { Turns } from '../../schedule/turns';

/** What a kernel gives with a call: RBX, RCX, RDX. */
export type CallArguments = readonly [first: bigint, second: bigint, third: bigint];

/** Does a call, or nothing of it. @returns what RAX gets */
export type Call = (...given: [...CallArguments, turns: Turns]) => Handler<bigint>;
