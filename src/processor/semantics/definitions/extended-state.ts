import * as fx from '../../extended-state/fxsave';
import * as mxcsr from '../../extended-state/mxcsr';
import { xgetbv, xsetbv } from '../../extended-state/xcr0';
import * as restore from '../../extended-state/xrstor';
import * as save from '../../extended-state/xsave';
import { instruction } from '../instruction';
import type { SlowPath } from '../slow-path';

/** What saves and restores the registers of the x87 and vector units. */
const EXTENDED_STATE: Readonly<Record<string, SlowPath>> = {
  FXSAVE: fx.fxsave,
  FXSAVE64: fx.fxsave64,
  FXRSTOR: fx.fxrstor,
  FXRSTOR64: fx.fxrstor64,
  LDMXCSR: mxcsr.ldmxcsr,
  VLDMXCSR: mxcsr.vldmxcsr,
  STMXCSR: mxcsr.stmxcsr,
  VSTMXCSR: mxcsr.vstmxcsr,
  XGETBV: xgetbv,
  XSETBV: xsetbv,
  XSAVE: save.xsave,
  XSAVE64: save.xsave64,
  XSAVEOPT: save.xsaveopt,
  XSAVEOPT64: save.xsaveopt64,
  XSAVEC: save.xsavec,
  XSAVEC64: save.xsavec64,
  XSAVES: save.xsaves,
  XSAVES64: save.xsaves64,
  XRSTOR: restore.xrstor,
  XRSTOR64: restore.xrstor64,
  XRSTORS: restore.xrstors,
  XRSTORS64: restore.xrstors64,
};

for (const [mnemonic, path] of Object.entries(EXTENDED_STATE)) {
  instruction(mnemonic, (m) => {
    m.slow(path);
  });
}
