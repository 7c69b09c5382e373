"""A host whose clock is wrong by CHAOS_SKEW seconds, for Django, Celery and new ids: not a bug, but it happens."""

import datetime
import functools
import os
import time

from import_patch import patch_on_import

_BY = float(os.environ["CHAOS_SKEW"])
_time, _time_ns = time.time, time.time_ns
# Unlike a function, a partial does not become a method of a class.
time.time = functools.partial(lambda: _time() + _BY)
time.time_ns = functools.partial(lambda: _time_ns() + round(_BY * 1e9))


class _Anytime(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, datetime.datetime)


class _Skewed(datetime.datetime, metaclass=_Anytime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.now(tz) + datetime.timedelta(seconds=_BY)


def _change_clock(module):
    module.datetime = _Skewed


def _change_ids(compat):
    uuid7 = compat.uuid7
    compat.uuid7 = lambda: uuid7(nanoseconds=time.time_ns())


for name in ("django.utils.timezone", "celery.app.base", "celery.worker.request"):
    patch_on_import(name, _change_clock)
patch_on_import("uuid_utils.compat", _change_ids)
