"""Data Mapper: how classes are mapped to tables. One file per idea; `declarative` is where most programs begin."""
