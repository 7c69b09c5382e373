"""The demo newsroom: invented people, one real case and one invented, and a day played through the API.

The cases are data (`*.yaml`). `populate` files them through the workflow when a newsroom starts for the first time;
`scenes` plays the day through the API.
"""
