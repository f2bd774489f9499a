/* SPDX-License-Identifier: MIT */
#include "stack/frame/track.h"

#include <string.h>

#include "image/image_marks.h"

/* A block's state can change once a register and a few times more; beyond that something is odd. */
#define MAX_RUNS 400
/* The stack got deeper at one place this often: it does so every time round. */
#define MAX_GROWTHS 6
/* Instructions followed for each one there is, on average, before the function is given up. */
#define MAX_STEPS_EACH 100
/* No compiler makes a function of this size, or of so many blocks; memory is bounded by it. */
#define MAX_FUNCTION_BYTES ((size_t)4 << 20)
#define MAX_LEADERS        200000

static struct plim_node *node_at(const struct plim_tracker *t, uint32_t node)
{
	return (struct plim_node *)t->nodes.items + node;
}

static struct plim_state *state_at(const struct plim_tracker *t, uint32_t state)
{
	return (struct plim_state *)t->states.items + state;
}

static struct plim_leader *leader_at(const struct plim_tracker *t, uint32_t leader)
{
	return (struct plim_leader *)t->leaders.items + leader;
}

size_t plim_track_place(const struct plim_tracker *t, uint64_t address)
{
	const struct plim_range *ranges = t->ranges.items;

	for (size_t i = 0; i < t->ranges.count; i++) {
		if (address >= ranges[i].start && address < ranges[i].end)
			return ranges[i].map_at + (size_t)(address - ranges[i].start);
	}
	return SIZE_MAX;
}

const struct plim_unwind_row *plim_track_row(const struct plim_tracker *t, uint64_t address)
{
	const struct plim_range *ranges = t->ranges.items;
	const struct plim_unwind_row *row;

	for (size_t i = 0; i < t->ranges.count; i++) {
		if (address < ranges[i].start || address >= ranges[i].end)
			continue;
		if (!ranges[i].row_count)
			return NULL;
		row = plim_unwind_row_at((const struct plim_unwind_row *)t->rows.items +
						 ranges[i].first_row,
					 ranges[i].row_count, address);
		return row && row->kind != PLIM_UNWIND_NONE ? row : NULL;
	}
	return NULL;
}

int64_t plim_track_entry_depth(const struct plim_tracker *t)
{
	return t->result.is_linked ? 0 : t->abi->return_bytes;
}

uint32_t plim_track_node(struct plim_tracker *t, uint64_t address)
{
	size_t place = plim_track_place(t, address);
	uint32_t *map = t->map.items;
	struct plim_insn insn;
	struct plim_node *node;

	if (place == SIZE_MAX)
		return PLIM_NONE;
	if (map[place])
		return map[place] == PLIM_NONE ? PLIM_NONE : map[place] - 1;
	if (!plim_decode(t->decoder, address, &insn)) {
		map[place] = PLIM_NONE; /* tried: there is no instruction */
		return PLIM_NONE;
	}
	node = plim_vec_add(&t->nodes, sizeof(*node));
	if (!node) {
		t->no_memory = true;
		return PLIM_NONE;
	}
	node->insn = insn;
	node->owner = PLIM_NONE;
	map[place] = (uint32_t)t->nodes.count;
	return (uint32_t)(t->nodes.count - 1);
}

static void push_queue(struct plim_tracker *t, uint32_t item)
{
	if (plim_vec_append(&t->queue, &item, 1, sizeof(item)))
		t->no_memory = true;
}

static bool ends_block(const struct plim_insn *insn)
{
	switch (insn->op) {
	case PLIM_OP_JUMP:
	case PLIM_OP_JUMP_IND:
	case PLIM_OP_TABLE_JUMP:
	case PLIM_OP_RETURN:
	case PLIM_OP_TRAP: return !(insn->flags & PLIM_INSN_CONDITIONAL);
	default: return false;
	}
}

/* `lea 1f, reg; jmp part; 1:` calls a part of the function that comes back by the register. */
static void note_label(struct plim_tracker *t, const struct plim_insn *load,
		       const struct plim_insn *jump)
{
	struct plim_label label = {.address = (uint64_t)load->imm, .reg = load->dst};
	uint32_t node;

	if (load->op != PLIM_OP_CONST || !(load->flags & PLIM_INSN_ADDRESS) ||
	    label.address != jump->address + jump->length ||
	    plim_track_place(t, (uint64_t)jump->imm) == SIZE_MAX)
		return;
	node = plim_track_node(t, label.address);
	if (node == PLIM_NONE)
		return;
	if (!node_at(t, node)->is_leader) {
		node_at(t, node)->is_leader = true;
		push_queue(t, node);
	}
	if (plim_vec_append(&t->labels, &label, 1, sizeof(label)))
		t->no_memory = true;
}

/*
 * Decodes what can be reached from an address and marks the targets of its branches, so that the
 * analysis knows the blocks' borders before it starts. Uses the queue's end as a stack.
 */
static void discover(struct plim_tracker *t, uint64_t address)
{
	size_t floor = t->queue.count;
	uint32_t node = plim_track_node(t, address);

	if (node == PLIM_NONE || node_at(t, node)->is_leader)
		return;
	node_at(t, node)->is_leader = true;
	push_queue(t, node);
	while (t->queue.count > floor && !t->no_memory) {
		struct plim_insn load = {.op = PLIM_OP_OTHER};

		node = ((uint32_t *)t->queue.items)[--t->queue.count];
		for (;;) {
			struct plim_insn insn = node_at(t, node)->insn;
			size_t known = t->nodes.count;
			uint32_t target;

			if (insn.op == PLIM_OP_JUMP || insn.op == PLIM_OP_BRANCH ||
			    insn.op == PLIM_OP_CALL) {
				target = plim_track_node(t, (uint64_t)insn.imm);
				if (target != PLIM_NONE && !node_at(t, target)->is_leader) {
					node_at(t, target)->is_leader = true;
					push_queue(t, target);
				}
			}
			if (insn.op == PLIM_OP_JUMP)
				note_label(t, &load, &insn);
			if (insn.op == PLIM_OP_CONST)
				load = insn;
			if (ends_block(&insn))
				break;
			known = t->nodes.count;
			node = plim_track_node(t, insn.address + insn.length);
			if (node == PLIM_NONE || t->nodes.count == known)
				break; /* seen before: someone has been there or will be */
		}
	}
}

/* The stack pointers of two paths that meet. Returns whether the leader's own changed. */
static bool meet_sp(struct plim_tracker *t, struct plim_leader *leader, struct plim_value *into,
		    const struct plim_value *from, uint64_t address)
{
	const struct plim_unwind_row *row = plim_track_row(t, address);
	bool knows = row && row->kind == PLIM_UNWIND_REGISTER && row->reg == t->abi->sp;

	if (into->kind != PLIM_VALUE_STACK)
		return false;
	if (from->kind != PLIM_VALUE_STACK) {
		if (knows) /* the path with a lost stack pointer does not come here */
			return false;
		*into = *from;
		return true;
	}
	if (into->number == from->number && into->slack == from->slack &&
	    !into->is_dynamic == !from->is_dynamic)
		return false;
	if (knows && !into->is_dynamic && !from->is_dynamic && into->number != from->number) {
		if (row->offset == into->number)
			return false;
		if (row->offset == from->number) {
			*into = *from;
			return true;
		}
	}
	if (from->is_dynamic && !into->is_dynamic) {
		into->is_dynamic = 1;
		if (from->number > into->number)
			into->number = from->number;
		return true;
	}
	if (from->number <= into->number && from->slack <= into->slack)
		return false;
	if (leader->growths >= MAX_GROWTHS) {
		if (into->is_dynamic)
			return false;
		into->is_dynamic = 1;
		into->number = leader->first_depth;
		t->result.grows = true;
		t->result.dynamic_address = address;
		return true;
	}
	if (!leader->growths++)
		leader->first_depth = into->number;
	if (from->number > into->number)
		into->number = from->number;
	if (from->slack > into->slack)
		into->slack = from->slack;
	return true;
}

static void queue_leader(struct plim_tracker *t, uint32_t index)
{
	struct plim_leader *leader = leader_at(t, index);

	if (leader->is_queued || leader->runs >= MAX_RUNS)
		return;
	leader->is_queued = true;
	push_queue(t, index);
}

static uint32_t new_leader(struct plim_tracker *t, uint32_t node, const struct plim_state *state)
{
	struct plim_leader leader = {.node = node};
	uint32_t owner = node_at(t, node)->owner;

	if (plim_vec_append(&t->leaders, &leader, 1, sizeof(leader)) ||
	    plim_vec_append(&t->states, state, 1, sizeof(*state))) {
		t->no_memory = true;
		return PLIM_NONE;
	}
	node_at(t, node)->is_leader = true;
	node_at(t, node)->state = (uint32_t)t->states.count;
	/* A block ran through here before anyone knew of the border: it must bring its state too. */
	if (owner != PLIM_NONE && owner != node && node_at(t, owner)->state)
		queue_leader(t, node_at(t, owner)->state - 1);
	return (uint32_t)(t->leaders.count - 1);
}

void plim_track_reach(struct plim_tracker *t, uint64_t address, const struct plim_state *state)
{
	uint32_t node;
	uint32_t index;
	struct plim_state *into;

	if (t->is_final)
		return;
	discover(t, address);
	node = plim_track_node(t, address);
	if (node == PLIM_NONE || t->no_memory)
		return;
	if (!node_at(t, node)->state) {
		index = new_leader(t, node, state);
		if (index != PLIM_NONE)
			queue_leader(t, index);
		return;
	}
	index = node_at(t, node)->state - 1;
	into = state_at(t, index);
	if (meet_sp(t, leader_at(t, index), &into->regs[t->abi->sp], &state->regs[t->abi->sp],
		    address) |
	    plim_state_meet(t->abi, into, state))
		queue_leader(t, index);
}

static bool is_transfer(const struct plim_insn *insn)
{
	return insn->op >= PLIM_OP_CALL;
}

/*
 * The stack pointer was lost. If the table knows the depth behind the instruction, that is it. If it
 * was computed, it is a part of unknown size that was taken; if it was loaded, another stack.
 */
static void recover_sp(struct plim_tracker *t, struct plim_state *state,
		       const struct plim_insn *insn, const struct plim_value *before)
{
	const struct plim_unwind_row *row = plim_track_row(t, insn->address + insn->length);
	struct plim_value *sp = &state->regs[t->abi->sp];

	if (before->kind != PLIM_VALUE_STACK)
		return;
	if (row && row->kind == PLIM_UNWIND_REGISTER && row->reg == t->abi->sp) {
		*sp = (struct plim_value){.kind = PLIM_VALUE_STACK, .number = row->offset};
		t->result.needs_table = true;
	} else if (insn->op == PLIM_OP_OTHER) {
		*sp = *before;
		sp->is_dynamic = 1;
	}
}

/* One block from its leader's state, up to the next leader or an end. */
static void follow(struct plim_tracker *t, uint32_t leader_index)
{
	struct plim_state state = *state_at(t, leader_index);
	uint32_t first = leader_at(t, leader_index)->node;
	uint32_t node = first;

	for (;;) {
		struct plim_insn insn = node_at(t, node)->insn;
		enum plim_flow flow = PLIM_FLOW_NEXT;
		uint32_t next;

		node_at(t, node)->owner = first;
		t->steps++;
		if (t->is_final)
			plim_track_note_before(t, &state, &insn);
		if (is_transfer(&insn)) {
			flow = plim_track_transfer(t, &state, &insn);
		} else {
			struct plim_value sp = state.regs[t->abi->sp];

			plim_state_step(t, &state, &insn);
			if (state.regs[t->abi->sp].kind != PLIM_VALUE_STACK)
				recover_sp(t, &state, &insn, &sp);
		}
		if (t->is_final)
			plim_track_note_after(t, &state, &insn);
		if (flow == PLIM_FLOW_END || t->no_memory)
			return;
		next = plim_track_node(t, insn.address + insn.length);
		if (next == PLIM_NONE) {
			plim_track_run_over(t, &state, &insn);
			return;
		}
		if (node_at(t, next)->is_leader) {
			plim_track_reach(t, insn.address + insn.length, &state);
			return;
		}
		node = next;
	}
}

static bool settle(struct plim_tracker *t)
{
	while (t->queue.count && !t->no_memory) {
		uint32_t leader = ((uint32_t *)t->queue.items)[--t->queue.count];

		leader_at(t, leader)->is_queued = false;
		leader_at(t, leader)->runs++;
		follow(t, leader);
		if (t->leaders.count > MAX_LEADERS ||
		    t->steps > 1000 + (uint64_t)t->nodes.count * MAX_STEPS_EACH) {
			t->result.trouble = "its control flow is too tangled to be followed";
			return false;
		}
	}
	return true;
}

static bool is_padding(const struct plim_insn *insn)
{
	bool moves_nothing = insn->op == PLIM_OP_SET && insn->dst == insn->src && !insn->imm;

	return insn->op == PLIM_OP_NOP || insn->op == PLIM_OP_TRAP || moves_nothing;
}

/* A fragment whose function no symbol tells starts where those that jump to it are. */
static void enter_piece(const struct plim_tracker *t, struct plim_state *state,
			const struct plim_unwind_row *row, int64_t depth)
{
	plim_state_enter(t->abi, state, depth);
	for (unsigned r = 0; r < PLIM_REGISTERS; r++) {
		if (r != t->abi->sp)
			state->regs[r].kind = PLIM_VALUE_UNKNOWN;
	}
	if (row && row->kind == PLIM_UNWIND_REGISTER && row->reg < PLIM_REGISTERS) {
		state->regs[row->reg].kind = PLIM_VALUE_STACK;
		state->regs[row->reg].number = row->offset;
	}
}

/*
 * Code that no path reached: behind an open jump, or where only the unwinder goes (landing pads).
 * The table says how deep the stack is there, or the open jump does; else it is dead.
 */
static bool seed_state(struct plim_tracker *t, uint64_t address, struct plim_state *state)
{
	const struct plim_unwind_row *row = plim_track_row(t, address);
	int64_t depth = t->open_depth;

	if (row && row->kind == PLIM_UNWIND_REGISTER && depth < 0)
		depth = t->result.max_depth;
	if (depth < 0)
		return false;
	enter_piece(t, state, row, depth);
	return true;
}

/* The first instruction at or after `address` that was not reached and is no padding. */
static bool find_gap(struct plim_tracker *t, const struct plim_range *range, uint64_t *address)
{
	while (*address < range->end) {
		size_t place = range->map_at + (size_t)(*address - range->start);
		uint32_t node;

		if (plim_image_is_data(t->image, *address)) {
			*address += 1;
			continue;
		}
		node = ((uint32_t *)t->map.items)[place];
		if (node && node != PLIM_NONE && node_at(t, node - 1)->owner != PLIM_NONE) {
			*address += node_at(t, node - 1)->insn.length;
			continue;
		}
		node = plim_track_node(t, *address);
		if (node == PLIM_NONE) {
			*address += 1;
			continue;
		}
		if (!is_padding(&node_at(t, node)->insn))
			return true;
		*address += node_at(t, node)->insn.length;
	}
	return false;
}

/* Depth that the calls of the reached code have at most: what a landing pad starts with. */
static void measure(struct plim_tracker *t)
{
	struct plim_vec *calls = t->calls;
	struct plim_vec *accesses = t->accesses;
	struct plim_vec *refs = t->refs;
	size_t call_count = calls->count;
	size_t access_count = accesses->count;
	size_t ref_count = refs->count;

	t->is_final = true;
	for (uint32_t i = 0; i < t->leaders.count && !t->no_memory; i++)
		follow(t, i);
	t->is_final = false;
	calls->count = call_count;
	accesses->count = access_count;
	refs->count = ref_count;
}

static bool fill_gaps(struct plim_tracker *t)
{
	bool is_measured = false;

	for (size_t r = 0; r < t->ranges.count; r++) {
		struct plim_range range = ((struct plim_range *)t->ranges.items)[r];
		uint64_t address = range.start;

		while (find_gap(t, &range, &address) && !t->no_memory) {
			struct plim_state state;
			size_t leaders = t->leaders.count;

			if (!is_measured)
				measure(t);
			is_measured = true;
			if (seed_state(t, address, &state)) {
				plim_track_reach(t, address, &state);
				if (leaders < t->leaders.count)
					leader_at(t, (uint32_t)leaders)->is_seed = true;
				if (!settle(t))
					return false;
			}
			address += node_at(t, plim_track_node(t, address))->insn.length;
		}
	}
	return true;
}

static int add_range(struct plim_tracker *t, const struct plim_function *f, size_t *map_bytes)
{
	struct plim_range *range = plim_vec_add(&t->ranges, sizeof(*range));

	if (!range)
		return -1;
	range->start = f->address;
	range->end = f->address + f->size;
	range->map_at = *map_bytes;
	*map_bytes += (size_t)f->size;
	range->first_row = t->rows.count;
	if (plim_unwind_rows(t->image, range->start, range->end, &t->rows))
		return -1;
	range->row_count = t->rows.count - range->first_row;
	return 0;
}

static int set_up(struct plim_tracker *t, uint32_t function)
{
	const struct plim_function *f = &t->image->functions[function];
	size_t map_bytes = 0;

	t->function = function;
	t->ranges.count = t->rows.count = t->map.count = t->nodes.count = 0;
	t->leaders.count = t->states.count = t->queue.count = t->labels.count = 0;
	t->steps = 0;
	t->open_depth = -1;
	t->is_final = false;
	if (add_range(t, f, &map_bytes))
		return -1;
	for (uint32_t i = 0; i < f->fragment_count; i++) {
		uint32_t fragment = t->image->fragments[f->first_fragment + i];

		if (add_range(t, &t->image->functions[fragment], &map_bytes))
			return -1;
	}
	if (map_bytes > MAX_FUNCTION_BYTES) {
		t->result.trouble = "it is larger than any function can be";
		return 0;
	}
	while (t->map.capacity < map_bytes) {
		t->map.count = t->map.capacity;
		if (!plim_vec_add(&t->map, sizeof(uint32_t)))
			return -1;
	}
	memset(t->map.items, 0, map_bytes * sizeof(uint32_t));
	return 0;
}

static int run_once(struct plim_tracker *t, uint32_t function, bool is_linked)
{
	struct plim_state state;
	const struct plim_unwind_row *row;
	uint64_t start = t->image->functions[function].address;

	memset(&t->result, 0, sizeof(t->result));
	t->result.conflict_address = t->result.trouble_address = PLIM_NO_ADDRESS;
	t->result.dynamic_address = t->result.mismatch_address = PLIM_NO_ADDRESS;
	t->result.deepest_address = start;
	t->result.is_linked = is_linked;
	if (set_up(t, function))
		return -1;
	if (t->result.trouble)
		return 0;
	row = plim_track_row(t, start);
	if (row && row->reg == t->abi->sp && row->kind == PLIM_UNWIND_REGISTER &&
	    row->offset == 0 && t->abi->return_bytes)
		t->result.is_linked = true;
	if (t->piece_depth[function])
		enter_piece(t, &state, row, t->piece_depth[function]);
	else
		plim_state_enter(t->abi, &state, plim_track_entry_depth(t));
	t->result.max_depth = state.regs[t->abi->sp].number;
	plim_track_reach(t, start, &state);
	if (!settle(t) || !fill_gaps(t))
		return t->no_memory ? -1 : 0;
	t->is_final = true;
	for (uint32_t i = 0; i < t->leaders.count && !t->no_memory; i++)
		follow(t, i);
	return t->no_memory ? -1 : 0;
}

int plim_track_function(struct plim_tracker *t, uint32_t function)
{
	size_t calls = t->calls->count;
	size_t accesses = t->accesses->count;
	size_t refs = t->refs->count;
	bool is_linked = t->link_register[function] != 0;

	if (run_once(t, function, is_linked))
		return -1;
	if (t->result.is_linked && !is_linked && t->link_register[function]) {
		t->calls->count = calls;
		t->accesses->count = accesses;
		t->refs->count = refs;
		return run_once(t, function, true);
	}
	return 0;
}

void plim_tracker_free(struct plim_tracker *t)
{
	plim_vec_free(&t->ranges);
	plim_vec_free(&t->map);
	plim_vec_free(&t->nodes);
	plim_vec_free(&t->leaders);
	plim_vec_free(&t->states);
	plim_vec_free(&t->queue);
	plim_vec_free(&t->labels);
	plim_vec_free(&t->rows);
}
