"""The pages about referrals: the worklist, one of them with all that is known, settling it."""

from app.web.pages.referrals import views

MODULES = (views,)
