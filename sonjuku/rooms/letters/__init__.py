"""letters: the outbox. A letter is a row written in the transaction it tells about; a worker sends it afterwards.

Words: letter (お知らせ), letter_template (文例), short_code (短い番号), mailing (一斉のお知らせ), unsubscription (配信停止).
"""
