/**
 * The VMCS doctor: reads the dump that a real machine's hypervisor printed, and judges it by the checks
 * that a processor makes when it enters the guest. It knows no editor and no debugger.
 */
import * as l10n from '@vscode/l10n';
import { diagnose, type Diagnosis } from './diagnose';
import { readDumps } from './reading/read';

export { diagnose, type Diagnosis, type Verdict } from './diagnose';
export type { Dump } from './dump';
export { diagnosisDocument, type DocumentOptions } from './explain/document';
export { diagnosisText } from './explain/text';
export { reportJson } from './json';
export { readDumps } from './reading/read';
export { speak } from './speak';

/** There is no dump in a text. */
export class NoDump extends Error {
  override name = 'NoDump';
}

/**
 * Judges every dump of a text.
 * @throws NoDump that says, in the user's language, what was looked for
 */
export function diagnoseText(text: string): Diagnosis[] {
  const { dumps, parameter } = readDumps(text);
  if (dumps.length === 0) throw new NoDump(noDumpMessage(parameter));
  return dumps.map(diagnose);
}

function noDumpMessage(parameter: string | undefined): string {
  if (parameter !== undefined) {
    return l10n.t(
      'no dump: the kernel was not told to print one. Set the module parameter {0} and let it fail again',
      parameter,
    );
  }
  return l10n.t(
    'no dump of a VMCS or VMCB: looked for those of KVM (*** Guest State ***, VMCB Control Area:), of Xen, of hvext, and for JSON with names of fields',
  );
}
