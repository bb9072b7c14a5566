/** Every instruction that the processor knows. A new instruction is one more file here. */
import './arithmetic';
import './bit';
import './branch';
import './decimal';
import './flag-control';
import './logic';
import './move';
import './multiply-divide';
import './rotate';
import './shift';
import './stack';
import './string';
import './system';
import './x87';
