"""The URLs of a development newsroom. Import it while its pages are on: the admin site collects its URLs then."""

from django.contrib import admin
from django.urls import path

from newsroom.urls import urlpatterns as _usual

urlpatterns = [path("admin/", admin.site.urls), *(url for url in _usual if not str(url.pattern).startswith("admin/"))]
