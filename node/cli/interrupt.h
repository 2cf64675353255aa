// SPDX-License-Identifier: Apache-2.0
// Ctrl-C in `wal` (IF-10): the exit is 130 and nothing half done stays behind. By default the first
// one ends the process at once, with the terminal's echo put back. While somebody is Patient it
// only raises a flag that the work looks at, so that it can say what is durable or finish the file
// it writes; a second one ends the process all the same. Thread rule: main makes Patients; the flag
// may be read anywhere.
#pragma once

#include <termios.h>

#include <atomic>

namespace wald::cli {

void catch_interrupts();  // first thing in run()

// Lives for the whole run; true from the first Ctrl-C on.
const std::atomic<bool>& interrupted();

class Patient {
 public:
  Patient();
  ~Patient();
  Patient(const Patient&) = delete;
  Patient& operator=(const Patient&) = delete;
};

// The settings that an interrupted process gives back to the terminal on stdin; null: none.
void restore_on_interrupt(const termios* before);

}  // namespace wald::cli
