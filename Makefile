# The words of run.sh as make targets. Arguments: make demo ARGS="--out DIR"
.PHONY: install demo test slow soak guards check licences quality benchmark format lock
install demo test slow soak guards check licences quality benchmark format lock:
	@./run.sh $@ $(ARGS)
