; printer: INT 17h. There is no parallel port, so no printer answers.

int_0x17:
        SAVE_CALLER
        TELL_FAILURE
        RETURN_TO_CALLER
