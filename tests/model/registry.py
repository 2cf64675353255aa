# SPDX-License-Identifier: Apache-2.0
"""Which function does which operation, by its name in the history."""
OPERATIONS = {}


def operation(name):
    def put(function):
        OPERATIONS[name] = function
        return function
    return put
