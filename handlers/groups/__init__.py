"""One matter of many people (群体件): gathered, represented, decided once, answered one by one."""
