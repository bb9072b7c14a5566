import { Cost } from '../cost';
import { guestOf } from '../deprivilege/operations';
import { MonitorError, type Host } from '../host/host';
import { instruction } from '../instruction';
import { TranslatedGuest } from './translated-guest';

/** The operations of a monitor that translates its guest's kernel. */

/** @throws MonitorError where there is none */
export function translatedOf(host: Host): TranslatedGuest {
  const guest = guestOf(host);
  if (!(guest instanceof TranslatedGuest)) throw new MonitorError('no guest is translated');
  return guest;
}

/** Where the guest has come from. */
export const Came = {
  /** From code of its own: a user's. */
  DIRECTLY: 0n,
  /** From what stands for an instruction of its kernel's. */
  FROM_INSTRUCTION: 1n,
  /** From the end of a branch that leads to code without a translation, or was not known to have one. */
  FROM_BRANCH: 2n,
  /** From an indirect branch whose target the table did not have. */
  FROM_LOOKUP: 3n,
} as const;

const BY_KIND = {
  instruction: Came.FROM_INSTRUCTION,
  exit: Came.FROM_BRANCH,
  lookup: Came.FROM_LOOKUP,
} as const;

/** What the place in the translation cache stands for from where control has come. */
export const findMark = instruction('find', Cost.SOFTWARE, {
  perform: (host: Host) => {
    const { mark } = translatedOf(host);
    return mark ? BY_KIND[mark.kind] : Came.DIRECTLY;
  },
  operands: () => ['what it stands for', '[RSP] (RIP)'],
});

/** The indirect branch is done, though the instruction that counts has not been. */
export const completeBranch = instruction('complete', Cost.SOFTWARE, {
  perform: (host: Host) => {
    host.cpu.progress.credit(1);
  },
  operands: () => ['the branch'],
});

/** Whether the guest's kernel goes on: 1, or 0 for a user. */
export const isKernel = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (translatedOf(host).isKernel ? 1n : 0n),
  operands: () => ['[vcpu.CPL]'],
});

/** Looks for a translation of the guest's next instruction. The result is 1, or 0 without one. */
export const findTranslation = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host) => (translatedOf(host).find() ? 1n : 0n),
  operands: () => ['[vcpu.RIP]'],
});

/** Translates the block that begins with it. The result is 1, or 0 where it cannot be fetched. */
export const translateBlock = instruction('translate', Cost.TRANSLATION, {
  perform: (host: Host) => (translatedOf(host).translate() ? 1n : 0n),
  operands: () => ['the block at [vcpu.RIP]'],
});

/** The branch from which control has come leads to the block itself from now on. */
export const chain = instruction('chain', Cost.MEMORY, {
  perform: (host: Host) => {
    translatedOf(host).chain();
  },
  operands: () => ['the branch', 'the block'],
});

/** So do indirect branches that lead there. */
export const enterInTable = instruction('enter', Cost.MEMORY, {
  perform: (host: Host) => {
    translatedOf(host).enterInTable();
  },
  operands: () => ['the block', 'in the table of targets'],
});

/** The instruction has faulted: if it does so often, it is called out. */
export const noteTrap = instruction('note', Cost.SOFTWARE, {
  perform: (host: Host) => {
    translatedOf(host).noteTrap();
  },
  operands: () => ['a trap', '[RSP] (RIP)'],
});

/** The virtual IF, and what else translated code reads. */
export const fillDataPage = instruction('MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => {
    const pending = host.virtualInterruptPending() !== 0n;
    translatedOf(host).fillData(pending, host.virtual.localApic.hasRequests);
  },
  operands: () => ['the page of data', '[vcpu.RFLAGS.IF], CR0, CR2, CR3, CR4'],
});
