"""Names of files of a published folder, for those who look at one without reading what it says."""

PLAN, MANIFEST, DATAPACKAGE, TABLES = "plan.yaml", "manifest.json", "datapackage.json", "tables.xlsx"
