import assert from 'node:assert/strict';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { PAGE_SIZE } from '../../processor/state/layout';
import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import type { MachineOptions } from '../../session/machine';
import type { VirtualMachine } from '..';

/** A guest with shadow paging is to see nothing of it: what the bare computer gives is right. */

const MEMORY = 4 << 20;
/** The video card's memory and ROM: the two computers have different ones. */
const [CARD, RAM_AGAIN] = [0xa0000, 0x100000];
/** Where a guest's program and its data lie; the memory below belongs to firmware. */
const OWN = 0x1000;

export interface Seen {
  /** What the debug console got. */
  readonly text: string;
  readonly why: string;
  /** All of the guest's memory from `OWN` on: its page tables with their flags, its stacks, what it logged. */
  readonly memory: Uint8Array;
  /** VM exits, and those by exceptions among them. */
  readonly exits: number;
  readonly faults: number;
}

type Options = Partial<MachineOptions>;

async function see(source: string, options: Options): Promise<Seen> {
  let text = '';
  const image = flatImage(await assembleText(source));
  const machine = new Machine(
    image,
    { monitor: 'none', memory: MEMORY, ...options },
    { debugConsole: (byte) => (text += String.fromCharCode(byte)) },
  );
  const run = new MachineRun(machine);
  const { processor } = machine.computer;
  let [faults, exits] = [0, 0];
  let why = 'limit';
  while (processor.work < 3_000_000) {
    const stop = run.inMonitor ? run.operate() : run.execute(100_000);
    if (stop?.kind === 'exit') {
      exits++;
      const reason = processor.vmx.current?.readNumber(Field.VM_EXIT_REASON);
      if (reason === ExitReason.EXCEPTION_NMI) faults++;
    } else if (stop?.kind === 'end') {
      why = stop.end.kind === 'failure' ? JSON.stringify(stop.end) : stop.end.kind;
      break;
    } else if (
      stop &&
      stop.kind !== 'spent' &&
      stop.kind !== 'emulation' &&
      stop.kind !== 'shutdown'
    ) {
      why = stop.kind;
      break;
    }
  }
  const { vm, computer } = machine;
  const memory = vm ? memoryOf(vm) : computer.memory.readBytes(OWN, MEMORY - OWN);
  return { text, why, memory, faults, exits };
}

/** What has no frame yet is zeros. */
function memoryOf({ guestMemory }: VirtualMachine): Uint8Array {
  const memory = new Uint8Array(MEMORY - OWN);
  for (let at = OWN; at < MEMORY; at += PAGE_SIZE) {
    if (guestMemory.hostAddress(BigInt(at)) === undefined) continue;
    memory.set(guestMemory.readBytes(BigInt(at), PAGE_SIZE), at - OWN);
  }
  return memory;
}

/** Runs a guest with shadow paging, and on the bare computer, and sees that they agree. @returns the guest's */
export async function sameAsBare(source: string, options: Options = {}): Promise<Seen> {
  const bare = await see(source, {});
  const shadow = await see(source, { monitor: 'vtx', paging: 'shadow', ...options });
  assert.deepEqual([shadow.text, shadow.why], [bare.text, bare.why]);
  assert.deepEqual(differences(bare.memory, shadow.memory), []);
  return shadow;
}

/** The first few bytes that differ: where, on the bare computer, with shadow paging. */
function differences(bare: Uint8Array, shadow: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at < bare.length && found.length < 16; at++) {
    if (bare[at] === shadow[at] || (at + OWN >= CARD && at + OWN < RAM_AGAIN)) continue;
    found.push(`${(at + OWN).toString(16)}: ${hex(bare[at])} ${hex(shadow[at])}`);
  }
  return found;
}

const hex = (byte = 0): string => byte.toString(16);

export const word32 = ({ memory }: Seen, address: number): number =>
  new DataView(memory.buffer, memory.byteOffset).getUint32(address - OWN, true);

let tries = 0;

/** An instruction after which the program goes on at the next, whether it faults or not. */
export function attempt(instruction: string, register = 'r15'): string {
  const next = `after_${String(tries++)}`;
  return `mov ${register}, ${next}\n${instruction}\n${next}:\n`;
}

/** Where `LOGGING` writes: error code, CR2, RIP, RFLAGS and CS of each page fault. */
export const LOG = 0x20000;

/** For the body of `LONG`: page faults are logged from `LOG` on, and the program goes on at R15. */
export const LOGGING = `
        mov word [idt + 14 * 16], page_fault
        mov r14, ${String(LOG)}
        jmp logging
page_fault:
        pop qword [r14]
        mov rax, cr2
        mov [r14 + 8], rax
        mov rax, [rsp]
        mov [r14 + 16], rax
        mov rax, [rsp + 16]
        mov [r14 + 24], rax
        mov rax, [rsp + 8]
        mov [r14 + 32], rax
        add r14, 40
        mov [rsp], r15
        iretq
logging:
`;
