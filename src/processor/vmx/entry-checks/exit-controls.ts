import * as l10n from '@vscode/l10n';
import { EXIT_CONTROLS, ExitControl, PinBasedControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { controlLimitsRule } from './execution-controls';
import { checks, rule } from './rule';
import { msrAreaRule } from './values';

/** VM-exit control fields (SDM 3C 27.2.1.2). */
export const EXIT_CONTROL_CHECKS = checks('controls', 'SDM 3C 27.2.1.2', [
  controlLimitsRule('exit.allowed', Field.VM_EXIT_CONTROLS, EXIT_CONTROLS, (c) => c.exit),
  rule(
    'exit.save-timer',
    [Field.VM_EXIT_CONTROLS, Field.PIN_BASED_VM_EXEC_CONTROL],
    (v) =>
      v.pinBased(PinBasedControl.ACTIVATE_PREEMPTION_TIMER) ||
      !v.exit(ExitControl.SAVE_PREEMPTION_TIMER),
    () => l10n.t('"Save VMX-preemption timer value" only with "Activate VMX-preemption timer"'),
  ),
  msrAreaRule('exit.msr-store', Field.VM_EXIT_MSR_STORE_ADDR, Field.VM_EXIT_MSR_STORE_COUNT),
  msrAreaRule('exit.msr-load', Field.VM_EXIT_MSR_LOAD_ADDR, Field.VM_EXIT_MSR_LOAD_COUNT),
]);
