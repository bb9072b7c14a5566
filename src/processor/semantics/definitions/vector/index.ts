/** Instructions of MMX, SSE and AVX. */
import './arithmetic';
import './blend';
import './floating';
import './logic';
import './move';
import './pack';
import './shift';
import './shuffle';
import './slow';
