"""问报 Wenbao: questions answered out of published government reports, in the reports' own words."""
