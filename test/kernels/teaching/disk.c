/* disk.c: the first ATA disk by PIO, one sector at a time. The disk interrupts when it is done;
 * other processes run until then. */

#include "kernel.h"

volatile u32 disk_interrupts;
static volatile int busy, done;
static volatile u8 status;

/* Reading the status takes back the interrupt. */
void disk_interrupt(void)
{
    status = in8(ATA + 7);
    disk_interrupts++;
    done = 1;
    wake(&done);
}

static void wait_for_disk(void)
{
    while (!done)
        sleep_on(&done);
    done = 0;
}

static void command(u32 sector, u8 code)
{
    while (in8(ATA + 7) & ATA_BUSY)
        ;
    done = 0;
    out8(ATA_CONTROL, 0); /* interrupts on */
    out8(ATA + 2, 1);
    out8(ATA + 3, sector);
    out8(ATA + 4, sector >> 8);
    out8(ATA + 5, sector >> 16);
    out8(ATA + 6, 0xe0 | (sector >> 24 & 0xf));
    out8(ATA + 7, code);
}

/* 0, or -1 when the disk tells of an error. */
int disk_transfer(u32 sector, void *data, int write)
{
    while (busy)
        sleep_on(&busy);
    busy = 1;
    command(sector, write ? ATA_WRITE : ATA_READ);
    if (write) {
        /* The disk asks for the data of the first sector without an interrupt. */
        while ((status = in8(ATA_CONTROL)) & ATA_BUSY)
            ;
        if (!(status & ATA_FAILED)) {
            out_words(ATA, data, SECTOR / 2);
            wait_for_disk();
        }
        if (!(status & ATA_FAILED)) {
            command(0, ATA_FLUSH);
            wait_for_disk();
        }
    } else {
        wait_for_disk();
        if (!(status & ATA_FAILED))
            in_words(ATA, data, SECTOR / 2);
    }
    int result = status & ATA_FAILED ? -1 : 0;
    busy = 0;
    wake(&busy);
    return result;
}
