import { decodeBits, type BitTable, type DecodedField } from '../../../isa/bits';
import { Vector } from '../../../isa/exceptions';
import { PAGE_FAULT_ERROR } from '../../../isa/paging';
import { SvmExit as E } from '../../../isa/svm/exit-codes';
import {
  CR_INFORMATION,
  DR_INFORMATION,
  IO_INFORMATION,
  MSR_INFORMATION,
  NESTED_PAGE_FAULT,
  TASK_SWITCH_INFORMATION,
} from '../../../isa/svm/exit-information';
import { Event, EVENT } from '../../../isa/svm/intercepts';
import type { ExitRecord } from '../../trace/exit-trace';

/** How EXITINFO1 and EXITINFO2 are read, which depends on the exit (APM 2 15.8 to 15.14, 15.25.6). */

const PAGE_FAULT_EXIT = E.EXCEPTION + Vector.PF;
/** The layouts of a nested page fault together: an error code below, and what was being translated above. */
const NESTED: BitTable = {
  ...NESTED_PAGE_FAULT,
  fields: [...PAGE_FAULT_ERROR.fields, ...NESTED_PAGE_FAULT.fields],
};

/** The layout of EXITINFO1; undefined where it is a number, or means nothing. */
export function information1Table(code: number): BitTable | undefined {
  if (code >= E.CR_READ && code < E.DR_READ) return CR_INFORMATION;
  if (code >= E.DR_READ && code < E.EXCEPTION) return DR_INFORMATION;
  switch (code) {
    case E.CR0_SEL_WRITE:
      return CR_INFORMATION;
    case PAGE_FAULT_EXIT:
      return PAGE_FAULT_ERROR;
    case E.IOIO:
      return IO_INFORMATION;
    case E.MSR:
      return MSR_INFORMATION;
    case E.NPF:
      return NESTED;
    default:
      return undefined;
  }
}

export const information2Table = (code: number): BitTable | undefined =>
  code === E.TASK_SWITCH ? TASK_SWITCH_INFORMATION : undefined;

/** The bits of all that tells of an exit: EXITINFO1, EXITINFO2, and of EXITINTINFO where it is valid. */
export function exitInformation(exit: ExitRecord): DecodedField[] {
  const { reason, information1, information2, interruption } = exit;
  const [first, second] = [information1Table(reason), information2Table(reason)];
  return [
    ...(first ? decodeBits(first, information1) : []),
    ...(second ? decodeBits(second, information2) : []),
    ...(interruption & Event.V ? decodeBits(EVENT, interruption) : []),
  ];
}
