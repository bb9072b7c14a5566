/** Every instruction that the processor knows. A new instruction is one more file here. */
import './arithmetic';
import './bit';
import './bit-fields';
import './branch';
import './carry-chain';
import './checksum';
import './decimal';
import './extended-state';
import './flag-control';
import './logic';
import './move';
import './multiply-divide';
import './rotate';
import './shift';
import './stack';
import './string';
import './system';
