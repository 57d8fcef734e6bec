"""相似来信: which letters are about the same matter; shown to staff together, merged by nobody but them.

``keep`` sketches what came in, ``compare`` notes which are alike, ``show`` reads that for a member of staff, ``alert``
tells the office of a group, ``own`` helps the intake to join a person's letters, ``forget`` erases. Everything lies in
tables: no process remembers a text, so each gives the same answer.
"""
